import { expect, test } from 'vitest';
import { ATTACKS } from '#isolation/attacks.js';
import { measureIsolation } from '#isolation/measure.js';

test('a short attack is measured beside a tenant whose renders are answered', {
  timeout: 60_000,
}, async () => {
  const attack = ATTACKS.find(({ name }) => name === 'steps');
  if (attack === undefined) throw new Error('there is no such attack');
  const options = { rounds: 1, seconds: 1, rate: 50, hostileRate: 10 };
  const { alone, beside, failures, answers } = await measureIsolation(attack, options);
  for (const seen of [alone, beside]) {
    expect(seen.p50).toBeGreaterThan(0);
    expect(seen.p99).toBeGreaterThanOrEqual(seen.p50);
  }
  expect(failures).toBe(0);
  expect([...answers.keys()].some((answer) => attack.words?.test(answer))).toBe(true);
});
