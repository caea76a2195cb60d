import { expect, test } from 'vitest';
import { measurePropagation } from '#propagation/measure.js';

test('a few changes are timed on their way to a gateway', { timeout: 120_000 }, async () => {
  const figures = await measurePropagation({ gateways: 1, promotes: 4, revocations: 2, load: 50 });
  expect(figures.promoteAnswered).toHaveLength(4);
  expect(figures.promoteServed).toHaveLength(4);
  expect(figures.promoteWaited).toHaveLength(2);
  expect(figures.revokeRefused).toHaveLength(2);
  for (const time of figures.promoteServed) expect(time).toBeGreaterThan(0);
  expect(figures.load.requests).toBeGreaterThan(0);
  expect(figures.load.failures).toBe(0);
});
