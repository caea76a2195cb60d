import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosProgram } from './chaos-program.js';
import type { Question } from './questions.js';
import { askForRender } from './reader.js';

const PATIENCE = 5_000;

/**
 * Waits until every gateway answers every question as the control plane does, which renders from the
 * database.
 *
 * @returns milliseconds that it took
 * @throws {Error} that names what is still answered in another way after `timeout` milliseconds
 */
export async function converge(
  controlPlanes: readonly ChaosProgram[],
  gateways: readonly ChaosProgram[],
  questions: readonly Question[],
  timeout: number,
): Promise<number> {
  const begun = performance.now();
  let open = gateways.flatMap((gateway) => questions.map((question) => ({ gateway, question })));
  for (;;) {
    const differing: typeof open = [];
    const words: string[] = [];
    for (const { gateway, question } of open) {
      const [truth, answer] = await Promise.all([askOneOf(controlPlanes, question), ask(gateway, question)]);
      if (answer !== undefined && answer === truth) continue;
      differing.push({ gateway, question });
      words.push(`${gateway.name}, ${question.subject.name}: ${answer}, and it is ${truth}`);
    }
    const time = performance.now() - begun;
    if (differing.length === 0) return time;
    if (time > timeout) throw new Error(`after ${Math.round(time)} ms still: ${words.join('; ')}`);
    open = differing;
    await sleep(20);
  }
}

async function askOneOf(servers: readonly ChaosProgram[], question: Question): Promise<string | undefined> {
  for (const server of servers) {
    const answer = await ask(server, question);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** @returns status and body; undefined while it does not answer, or cannot */
async function ask({ url }: ChaosProgram, { path, key }: Question): Promise<string | undefined> {
  const answer = await askForRender(url + path, key, PATIENCE).catch(() => undefined);
  if (answer === undefined || answer.status >= 500) return undefined;
  return `${answer.status} ${JSON.stringify(answer.json)}`;
}
