import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER, CASES, RENDER_PATH, REQUEST_BODY } from './prompt.js';

/** How long a server may take to be ready, in milliseconds. */
const PATIENCE = 10_000;

/** Of the bodies that differ: the first, the next, the last. */
const TRIED = [CASES[0], CASES[1], CASES.at(-1)].filter((tried) => tried !== undefined);

/**
 * Waits until a server renders.
 *
 * @param isBlind whether it answers what the first body should get, whatever it is sent
 * @throws {Error} if it answers other bytes than all the others
 */
export async function assertAnswers(label: string, url: string, key: string, isBlind = false): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (const { request, answer } of TRIED) {
    const expected = isBlind ? ANSWER : answer;
    for (;;) {
      const { status, type, text } = await post(url, key, request);
      if (status === 503 && Date.now() < deadline) {
        await sleep(20);
        continue;
      }
      if (status !== 200 || text !== expected || !type.startsWith('application/json'))
        throw new Error(`${label} answers ${status} ${type} ${text}, and not ${expected}`);
      break;
    }
  }
}

/** @throws {Error} if the heads of two servers' answers have not the same lines */
export async function assertSameHeads(url: string, otherUrl: string, key: string): Promise<void> {
  const [own, others] = await Promise.all(
    [url, otherUrl].map(async (one) => [...(await post(one, key, REQUEST_BODY)).headers.keys()].join(', ')),
  );
  if (own !== others) throw new Error(`one head has ${own}, and another ${others}`);
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
): Promise<{ status: number; headers: Headers; type: string; text: string }> {
  const response = await fetch(url + RENDER_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  const { status, headers } = response;
  return { status, headers, type: headers.get('content-type') ?? '', text: await response.text() };
}
