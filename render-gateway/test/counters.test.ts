import { expect, test } from 'vitest';
import { addCounters, createCounters, takeCounters } from '#metrics/counters.js';

test('what was counted is taken once, and sums up', () => {
  const counters = createCounters();
  expect(takeCounters(counters)).toBeUndefined();
  counters.renderedInPlace += 2;
  counters.refused.unauthorized += 3;
  const taken = takeCounters(counters);
  expect(takeCounters(counters)).toBeUndefined();
  expect(counters).toEqual(createCounters());

  const sum = createCounters();
  sum.refused.unauthorized = 1;
  for (const counts of [taken, taken]) if (counts !== undefined) addCounters(sum, counts);
  const expected = createCounters();
  expected.renderedInPlace = 4;
  expected.refused.unauthorized = 7;
  expect(sum).toEqual(expected);
});
