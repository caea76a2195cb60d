import { connect, type Socket } from 'node:net';
import { until } from '@px0/test-bed';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** POSTs JSON, or the text given; an empty object unless told otherwise. */
export async function post(
  url: string,
  { key, body = {}, headers = {} }: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/**
 * Asks again until the answer is as wanted.
 * @param what is wanted, for the error when ten seconds are over
 */
export function untilAnswer(
  what: string,
  wanted: (answer: Answer) => boolean,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const attempt = async () => {
    const answer = await ask();
    return wanted(answer) ? answer : undefined;
  };
  return until(what, attempt, 10_000);
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** A plain TCP connection to a server on this machine. */
export class RawConnection {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received = '';
  #news: () => void = () => {};

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      this.#news();
    });
    this.socket.on('error', () => {}); // seen as an answer that stays away
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    void this.closed.then(() => this.#news());
  }

  /** Resolves when the bytes are with the operating system. */
  send(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Resolves when the server has read the head of a request that expects 100-continue. */
  async continued(): Promise<void> {
    await this.#until(() => this.#received.startsWith(CONTINUE) || undefined);
    this.#received = this.#received.slice(CONTINUE.length);
  }

  /** @returns the next answer; its head in text, its body as JSON. Rejects when the connection ends before. */
  answer(): Promise<{ head: string; status: number; json: unknown }> {
    return this.#until(() => {
      const headEnd = this.#received.indexOf('\r\n\r\n');
      const length = Number(/^content-length: (\d+)\r?$/im.exec(this.#received.slice(0, headEnd + 2))?.[1]);
      if (headEnd < 0 || this.#received.length < headEnd + 4 + length) return undefined;
      const head = this.#received.slice(0, headEnd);
      const body = this.#received.slice(headEnd + 4, headEnd + 4 + length);
      this.#received = this.#received.slice(headEnd + 4 + length);
      const json: unknown = JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
      return { head, status: Number(head.split(' ')[1]), json };
    });
  }

  async #until<T>(attempt: () => T | undefined): Promise<T> {
    for (;;) {
      const result = attempt();
      if (result !== undefined) return result;
      if (this.socket.destroyed) throw new Error('the connection ended before an answer');
      await new Promise<void>((resolve) => {
        this.#news = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
