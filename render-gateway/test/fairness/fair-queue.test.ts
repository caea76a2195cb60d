import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue, type FairQueueOptions } from '#fairness/fair-queue.js';

/** A queue, and what of it was displaced. */
function queueOf(options: Omit<FairQueueOptions<number>, 'onDisplaced'>) {
  const displaced: number[] = [];
  return {
    displaced,
    queue: new FairQueue<number>({ ...options, onDisplaced: (work) => displaced.push(work) }),
  };
}

const taken = (queue: FairQueue<number>, count: number) =>
  Array.from({ length: count }, () => queue.take()).map((next) => next && `${next.tenantId}${next.work}`);

test('tenants have their turns one after the other, and each tenant its work in order', () => {
  const { queue } = queueOf({ places: 20, share: 10, running: 10 });
  for (const work of [1, 2, 3]) queue.add('a', work);
  queue.add('b', 1);
  for (const work of [1, 2]) queue.add('c', work);
  expect(taken(queue, 7)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3', undefined]);
});

test('a tenant that comes later has its turn before the second turn of the others', () => {
  const { queue } = queueOf({ places: 20, share: 10, running: 10 });
  for (const work of [1, 2, 3]) queue.add('a', work);
  expect(taken(queue, 2)).toEqual(['a1', 'a2']);
  queue.add('b', 1);
  queue.add('a', 4);
  expect(taken(queue, 3)).toEqual(['a3', 'b1', 'a4']);
});

test('what waits may be withdrawn all at once, which frees its places but not those of what runs', () => {
  const { queue } = queueOf({ places: 4, share: 2, running: 1 });
  for (const tenant of ['a', 'b']) for (const work of [1, 2]) queue.add(tenant, work);
  expect(taken(queue, 1)).toEqual(['a1']);
  expect(queue.withdrawAll()).toEqual([1, 2, 2]);
  expect(taken(queue, 1)).toEqual([undefined]);
  expect([1, 2, 3, 4].map((work) => queue.add(work < 3 ? 'b' : 'c', work))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  queue.finish('a');
  expect(queue.add('c', 4)).toBe(true);
  expect(taken(queue, 2)).toEqual(['b1', 'c3']);
});

test('what one tenant runs at once is bounded, and what it holds in all', () => {
  const { queue } = queueOf({ places: 6, share: 3, running: 1 });
  expect([1, 2, 3, 4].map((work) => queue.add('a', work))).toEqual([true, true, true, false]);
  expect(taken(queue, 2)).toEqual(['a1', undefined]);
  expect(queue.add('a', 4)).toBe(false);
  queue.finish('a');
  expect(queue.add('a', 4)).toBe(true);
  expect(taken(queue, 1)).toEqual(['a2']);
});

test('all tenants together hold no more than there are places', () => {
  const { queue } = queueOf({ places: 3, share: 2, running: 2 });
  expect(['a', 'b', 'c', 'd'].map((tenant) => queue.add(tenant, 1))).toEqual([true, true, true, false]);
});

test('when all places are held, one that holds fewer gets the last one of who holds most, and never back and forth', () => {
  const { queue, displaced } = queueOf({ places: 6, share: 3, running: 1 });
  for (const work of [1, 2, 3]) queue.add('a', work);
  for (const work of [4, 5, 6]) queue.add('b', work);
  expect(taken(queue, 2)).toEqual(['a1', 'b4']);
  expect([queue.add('c', 7), queue.add('d', 8)]).toEqual([true, true]);
  expect(displaced).toEqual([3, 6]);
  // All hold two, or one: what a place is taken from must keep as many as who takes it.
  expect(['a', 'b', 'c', 'd'].map((tenant) => queue.add(tenant, 9))).toEqual([false, false, false, false]);
  expect(queue.add('e', 10)).toBe(true);
  expect(displaced).toEqual([3, 6, 2]);
  expect(taken(queue, 4)).toEqual(['c7', 'd8', 'e10', undefined]);
});

test('what runs keeps its place', () => {
  const { queue, displaced } = queueOf({ places: 2, share: 2, running: 2 });
  for (const work of [1, 2]) queue.add('a', work);
  taken(queue, 2);
  expect([queue.add('b', 3), displaced]).toEqual([false, []]);
});

test('work that is withdrawn frees its place, once, and only while it waits', () => {
  const { queue } = queueOf({ places: 2, share: 2, running: 1 });
  queue.add('a', 1);
  queue.add('a', 2);
  expect(taken(queue, 1)).toEqual(['a1']);
  expect(queue.withdraw('a', 1)).toBe(false);
  expect([queue.withdraw('a', 2), queue.withdraw('a', 2), queue.withdraw('b', 2)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(queue.add('b', 1)).toBe(true);
  expect(queue.add('b', 2)).toBe(false);
});

test('whatever comes and goes, bounds hold, nothing is lost, and in the end all places are free', () => {
  const step = fc.record({
    tenant: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('add', 'take', 'finish'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const options = { places: 6, share: 3, running: 2 };
      const { queue, displaced } = queueOf(options);
      const waiting = new Map<string, number[]>();
      const running: string[] = [];
      const held = (tenant: string) =>
        (waiting.get(tenant)?.length ?? 0) + running.filter((one) => one === tenant).length;
      const heldByAll = () => held('a') + held('b') + held('c');
      const take = () => {
        const next = queue.take();
        if (next !== undefined) {
          expect(waiting.get(next.tenantId)?.shift()).toBe(next.work);
          running.push(next.tenantId);
        }
        return next;
      };
      steps.forEach(({ tenant, act }, index) => {
        if (act === 'add') {
          const most = Math.max(
            ...[...waiting].filter(([, work]) => work.length > 0).map(([one]) => held(one)),
          );
          const hasRoom = heldByAll() < options.places;
          const fits = held(tenant) < options.share && (hasRoom || most > held(tenant) + 1);
          expect(queue.add(tenant, index)).toBe(fits);
          expect(displaced.length).toBe(fits && !hasRoom ? 1 : 0);
          for (const lost of displaced.splice(0)) {
            const [loser = ''] = [...waiting].find(([, work]) => work.at(-1) === lost) ?? [];
            expect(held(loser)).toBe(most);
            waiting.get(loser)?.pop();
          }
          if (fits) waiting.set(tenant, [...(waiting.get(tenant) ?? []), index]);
        } else if (act === 'take') {
          const canRun = [...waiting].some(
            ([one, work]) =>
              work.length > 0 && running.filter((other) => other === one).length < options.running,
          );
          expect(take() !== undefined).toBe(canRun);
        } else {
          const done = running.shift();
          if (done !== undefined) queue.finish(done);
        }
        for (const one of ['a', 'b', 'c']) {
          expect(running.filter((other) => other === one).length).toBeLessThanOrEqual(options.running);
        }
      });
      while (heldByAll() > 0) {
        take();
        const done = running.shift();
        if (done !== undefined) queue.finish(done);
      }
      expect(['a', 'a', 'a', 'a'].map((tenant) => queue.add(tenant, 0))).toEqual([true, true, true, false]);
    }),
  );
});
