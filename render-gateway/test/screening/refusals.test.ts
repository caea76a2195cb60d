import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createCounters } from '#metrics/counters.js';
import { Refusals } from '#screening/refusals.js';

const silent = pino({ level: 'silent' });

test('refused documents are remembered up to a bound, and the newest are listed', () => {
  let changes = 0;
  const counters = createCounters();
  const refusals = new Refusals(counters, silent, () => {
    changes += 1;
  });
  for (let revision = 1; revision <= 10_050; revision += 1)
    refusals.add(`key ${revision}`, revision, 'x'.repeat(400));
  expect([refusals.size, counters.documentsRefused, changes]).toEqual([10_000, 10_050, 10_050]);
  expect(refusals.list()).toHaveLength(100);
  expect([refusals.earliest(), refusals.earliestUnlisted()]).toEqual([1, 1]);
  expect(refusals.list().at(-1)).toEqual({ key: 'key 10050', revision: 10_050, reason: 'x'.repeat(300) });
  refusals.add('key 10050', 10_050, 'again');
  refusals.end('key 10050', 10_050);
  expect(refusals.size).toBe(10_000);
  refusals.end('key 10050', 10_051);
  expect(refusals.size).toBe(9_999);
});

test('below which revision nothing is refused that is not listed', () => {
  const refusals = new Refusals(createCounters(), silent, () => {});
  const listed = Array.from({ length: 100 }, (_, index) => `key ${index}`);
  for (const [index, key] of listed.entries()) refusals.add(key, 500 + index, 'x');
  expect([refusals.earliest(), refusals.earliestUnlisted()]).toEqual([500, Number.POSITIVE_INFINITY]);
  refusals.add('one more', 700, 'x');
  expect(refusals.earliestUnlisted()).toBe(500);
  refusals.end('key 0', 800);
  expect([refusals.earliest(), refusals.earliestUnlisted()]).toEqual([501, Number.POSITIVE_INFINITY]);
});
