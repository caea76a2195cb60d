import { describe, expect, test } from 'vitest';
import { judge } from '#scale/bars.js';
import type { ScaleFigures } from '#scale/figures.js';
import { measureScale } from '#scale/measure.js';

test('a small feed is measured in all ways', { timeout: 180_000 }, async () => {
  const figures = await measureScale(
    { prompts: 100, rounds: 1, misses: 20, load: 50, templates: 40 },
    () => {},
  );
  expect(figures.documents).toBe(301);
  expect(figures.reading.documentsPerSecond.median).toBeGreaterThan(0);
  expect(figures.misses.map(({ place, company }) => `${place}, ${company}`)).toEqual([
    'worker, alone',
    'peer, alone',
    'primary, alone',
    'feed, alone',
    'worker, under load',
    'peer, under load',
    'primary, under load',
    'feed, under load',
  ]);
  for (const { p50, p99 } of figures.misses) expect(p99.median).toBeGreaterThanOrEqual(p50.median);
  expect(figures.templates.rendered).toBe(30);
  expect(figures.templates.heapOfEach).toBeGreaterThan(figures.versionLength);
  expect(figures.bound.resident).toHaveLength(11);
  expect(judge(figures)).toHaveLength(4);
});

test('more first renders than there are prompts are refused', async () => {
  const options = { prompts: 100, rounds: 5, misses: 20, load: 50, templates: 40 };
  await expect(measureScale(options, () => {})).rejects.toThrow('--prompts must be 221 at least');
});

describe('bars', () => {
  const MIB = 1024 * 1024;
  const same = (value: number) => ({ median: value, min: value, max: value });
  const figures: ScaleFigures = {
    machine: { processor: 'some', cores: 2, loadAverage: 0, versions: {} },
    prompts: 10,
    documents: 31,
    versionLength: 100,
    reading: {
      seconds: same(1),
      documentsPerSecond: same(20_000),
      resident: same(1),
      mostResident: same(1),
    },
    load: 1,
    misses: [
      { place: 'worker', company: 'alone', p50: same(1), p99: same(9), max: same(90) },
      { place: 'peer', company: 'alone', p50: same(1), p99: same(9), max: same(90) },
      { place: 'primary', company: 'alone', p50: same(1), p99: same(2), max: same(90) },
      { place: 'feed', company: 'alone', p50: same(1), p99: same(5), max: same(90) },
    ],
    templates: { rendered: 10, heapOfEach: 1 },
    bound: {
      templateCacheBytes: 112 * MIB,
      heapBefore: 10 * MIB,
      heapAfter: 186 * MIB,
      resident: [100, 150, 200, 210, 220],
    },
  };
  const verdicts = (other: Partial<ScaleFigures>) => judge({ ...figures, ...other }).map(({ held }) => held);

  test('hold at their very values', () => {
    expect(verdicts({})).toEqual([true, true, true, true]);
  });

  test('are missed beyond them', () => {
    expect(
      verdicts({
        misses: [{ place: 'primary', company: 'alone', p50: same(1), p99: same(5.1), max: same(6) }],
        reading: { ...figures.reading, documentsPerSecond: same(19_999) },
        bound: { ...figures.bound, heapAfter: 187 * MIB, resident: [100, 150, 200, 210, 221] },
      }),
    ).toEqual([false, false, false, false]);
  });
});
