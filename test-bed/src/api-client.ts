import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; undefined when it is empty. */
  readonly json: unknown;
}

export interface Call {
  /** A session token or an API key. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** One HTTP call, as a client of px0 makes it. */
export async function call(
  base: string,
  method: string,
  path: string,
  { token, body }: Call = {},
): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: text === '' ? undefined : JSON.parse(text),
  };
}

/**
 * Tries until the attempt gives something.
 *
 * @param what what is waited for, for the error when `timeout` milliseconds are over
 */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  timeout = 5_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`after ${timeout} ms still not: ${what}`);
    await sleep(10);
  }
}
