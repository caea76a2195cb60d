import { expect, test } from 'vitest';
import { least } from '#costs/bench.js';
import { costs } from '#costs/costs.js';

test('every cost is measured in its unit', { timeout: 60_000 }, () => {
  const all = costs();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const cost of all.filter(({ name }) => !name.includes('among the longest'))) {
    expect(cost.units, cost.name).toBeGreaterThan(0);
    expect(least(cost, 1, 1), cost.name).toBeGreaterThan(0);
  }
});
