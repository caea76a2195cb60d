import { expect, test } from 'vitest';
import { measureRestart } from '#restart/measure.js';

test('the start of a gateway from a small snapshot is timed, with everything else dead', {
  timeout: 60_000,
}, async () => {
  const { documents, snapshotBytes, times } = await measureRestart(3, 1);
  expect(documents).toBe(10);
  expect(snapshotBytes).toBeGreaterThan(1_000);
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(0);
});
