import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

test.each([[], ['gatway'], ['toString']])('an unknown verb is told what there is: %j', (...words) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'Say what to measure, as in "npm run bench -- gateway". There is: gateway, scale, isolation, slow-clients, restart, propagation, costs, engine, template-memory, control-plane.\n',
  );
});
