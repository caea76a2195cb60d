import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { measureGateway } from '#gateway/measure.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

test.each([[], ['gatway'], ['toString']])('an unknown verb is told what there is: %j', (...words) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'Say what to measure, as in "npm run bench -- gateway". There is: gateway, engine, template-memory, control-plane.\n',
  );
});

test('a short round measures both servers at the same answer', async () => {
  const { answer, bare, gateway } = await measureGateway({
    rounds: 1,
    seconds: 1,
    connections: 2,
    pipelining: 2,
  });
  expect(JSON.parse(answer)).toMatchObject({
    rendered: 'You are a customer support agent.\nGreet Zoë, a premium customer.\nrefunds, shipping',
    version: 1,
  });
  for (const round of [...bare, ...gateway]) {
    expect(round.requestsPerSecond).toBeGreaterThan(0);
    expect(round.requestsPerCpuSecond).toBeGreaterThan(0);
  }
});
