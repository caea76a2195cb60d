import { expect, test } from 'vitest';
import { Staleness } from '#staleness/staleness.js';
import { StalenessWatch } from '#staleness/staleness-watch.js';
import { FakeClock } from './fake-clock.js';

const STARTED = 1_000_000;

function watch(currentAt?: number) {
  const clock = new FakeClock(STARTED);
  const told: (number | null)[] = [];
  const watched = new StalenessWatch({ clock, tell: (since) => told.push(since), currentAt });
  return { clock, told, watched };
}

test('a gateway that loses its feed is stale at once, since it last heard of it, until it follows again', () => {
  const { clock, told, watched } = watch();
  watched.saw({ state: 'following', currentAt: STARTED });
  clock.pass(60_000);
  watched.saw({ state: 'lost', currentAt: STARTED + 59_000 });
  expect(told).toEqual([STARTED + 59_000]);
  for (const state of ['subscribing', 'syncing', 'waiting', 'lost', 'subscribing', 'syncing'] as const) {
    watched.saw({ state, currentAt: STARTED + 59_000 });
    clock.pass(5_000);
  }
  expect(watched.since).toBe(STARTED + 59_000);
  watched.saw({ state: 'following', currentAt: STARTED + 59_000 });
  expect(told).toEqual([STARTED + 59_000, null]);
});

test('catching up after a gap, or looking after a silent publisher, is no staleness unless it lasts', () => {
  const { clock, told, watched } = watch();
  watched.saw({ state: 'following', currentAt: STARTED });
  for (const state of ['syncing', 'following', 'subscribing', 'syncing', 'following'] as const) {
    watched.saw({ state, currentAt: STARTED });
    clock.pass(450);
  }
  expect(told).toEqual([]);
  watched.saw({ state: 'subscribing', currentAt: STARTED + 4_000 });
  clock.pass(500);
  watched.saw({ state: 'syncing', currentAt: STARTED + 4_000 });
  clock.pass(600);
  expect(told).toEqual([STARTED + 4_000]);
});

test('a gateway that started from a snapshot is as stale as that until it follows', async () => {
  const { told, watched } = watch(STARTED - 7_000);
  expect(watched.since).toBe(STARTED - 7_000);
  watched.saw({ state: 'subscribing', currentAt: STARTED - 7_000 });
  watched.saw({ state: 'lost', currentAt: STARTED - 7_000 });
  await watched.decided;
  expect(watched.since).toBe(STARTED - 7_000);
  watched.saw({ state: 'following', currentAt: STARTED - 7_000 });
  expect(told).toEqual([null]);
});

test('a gateway that starts with nothing holds nothing from before its start', () => {
  const { clock, told, watched } = watch();
  watched.saw({ state: 'subscribing', currentAt: undefined });
  clock.pass(200);
  watched.saw({ state: 'lost', currentAt: undefined });
  expect(told).toEqual([STARTED]);
});

test('a watch that was stopped says nothing more', () => {
  const { clock, told, watched } = watch();
  watched.saw({ state: 'subscribing', currentAt: undefined });
  watched.stop();
  clock.pass(10_000);
  expect(told).toEqual([]);
});

test('a thread counts whole seconds since then, and knows when it is too long', () => {
  const clock = new FakeClock(STARTED);
  const staleness = new Staleness(10, clock);
  expect([staleness.isStale, staleness.seconds(), staleness.lines, staleness.isTooOld()]).toEqual([
    false,
    0,
    '',
    false,
  ]);
  staleness.tell(STARTED - 2_500);
  expect([staleness.isStale, staleness.seconds(), staleness.lines]).toEqual([true, 2, '\r\nx-px0-stale: 2']);
  clock.pass(8_499);
  expect(staleness.isTooOld()).toBe(false);
  clock.pass(1);
  expect([staleness.seconds(), staleness.isTooOld()]).toEqual([11, true]);
  staleness.tell(null);
  expect([staleness.isStale, staleness.isTooOld()]).toEqual([false, false]);
  staleness.tell(clock.now() + 5_000); // the clock was put back
  expect(staleness.seconds()).toBe(0);
});
