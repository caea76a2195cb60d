import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER, RENDER_PATH, REQUEST_BODY } from './prompt.js';

/** How long a server may take to be ready, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Waits until a server renders.
 * @throws {Error} if it answers other bytes than all the others
 */
export async function assertAnswers(label: string, url: string, key: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const { status, type, text } = await post(url, key, REQUEST_BODY);
    if (status === 503 && Date.now() < deadline) {
      await sleep(20);
      continue;
    }
    if (status !== 200 || text !== ANSWER || !type.startsWith('application/json'))
      throw new Error(`${label} answers ${status} ${type} ${text}, and not ${ANSWER}`);
    return;
  }
}

/** @throws {Error} if a server lets pass a key that it does not know, or variables that are no object */
export async function assertRefuses(label: string, url: string, key: string): Promise<void> {
  const cases = [
    { key: `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`, body: REQUEST_BODY, expected: 401 },
    { key, body: '{"variables":[]}', expected: 400 },
    { key, body: '{"variables":', expected: 400 },
  ];
  for (const { key, body, expected } of cases) {
    const { status } = await post(url, key, body);
    if (status !== expected) throw new Error(`${label} answers ${status}, and not ${expected}`);
  }
}

async function post(
  url: string,
  key: string,
  body: string,
): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(url + RENDER_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, text: await response.text() };
}
