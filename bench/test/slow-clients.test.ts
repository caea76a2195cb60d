import { describe, expect, test } from 'vitest';
import { barsOf } from '#slow-clients/bars.js';
import { type Innocent, measureSlowClients, type SlowClientsFigures } from '#slow-clients/measure.js';

test('a few slow sockets and small floods are measured', { timeout: 60_000 }, async () => {
  const figures = await measureSlowClients(
    { rounds: 1, seconds: 1, rate: 50, sockets: 20, flood: 500 },
    () => {},
  );
  expect(figures.atIt).toHaveLength(2);
  expect(figures.atIt[0]?.sending).toBeGreaterThan(7);
  expect(figures.atIt[0]?.reading).toBeGreaterThan(7);
  expect(figures.outcomes['slow reader: 200']).toBeGreaterThan(0);
  const [bad, half] = figures.floods;
  expect(bad).toMatchObject({ keys: 0, lookUps: 0, flood: { wellFormed: 0 } });
  expect(bad?.flood.answers['401']).toBeGreaterThan(0);
  expect(half?.keys).toBeGreaterThan(0);
  expect(half?.lookUps).toBe(half?.keys);
  expect(half?.keys).toBeLessThanOrEqual(half?.flood.wellFormed ?? 0);
});

describe('bars', () => {
  const MIB = 1024 * 1024;
  const innocent: Innocent = { p50: 1, p99: 2, max: 3, failures: 0, lateness: 0 };
  const flood = {
    name: 'some',
    flood: { sent: 100, wellFormed: 50, seconds: 1, answers: { '401': 100 } },
    innocent,
    keys: 50,
    lookUps: 50,
    residentBefore: 100 * MIB,
    residentMost: 356 * MIB,
  };
  const figures: SlowClientsFigures = {
    alone: [innocent],
    beside: [{ ...innocent, p99: 4 }],
    atIt: [],
    outcomes: {},
    floods: [flood],
  };
  const verdicts = (other: Partial<SlowClientsFigures>) =>
    barsOf({ ...figures, ...other }).map(({ held }) => held);

  test('hold at their very values', () => {
    expect(verdicts({})).toEqual([true, true, true, true, true]);
  });

  test('are missed beyond them', () => {
    expect(
      verdicts({
        beside: [{ ...innocent, p99: 4.1, failures: 1 }],
        floods: [
          {
            ...flood,
            lookUps: 51,
            residentMost: 357 * MIB,
            innocent: { ...innocent, failures: 1 },
          },
        ],
      }),
    ).toEqual([false, false, false, false, false]);
    expect(verdicts({ floods: [{ ...flood, keys: 51, lookUps: 51 }] })[2]).toBe(false);
  });
});
