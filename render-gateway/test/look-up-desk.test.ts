import { describe, expect, test } from 'vitest';
import { LookUpDesk } from '#documents/look-up-desk.js';
import { LIMITS } from '#limits.js';

/** A desk whose thread may stand still; the answer comes when the test says so, or after `answersAfter` ms. */
function deskThatStands({ mayStand = true, answersAfter = Infinity, known = true } = {}) {
  const clock = { time: 0, now: () => clock.time };
  const asked: (readonly string[])[] = [];
  const turns: (() => void)[] = [];
  let waits = 0;
  const desk: LookUpDesk = new LookUpDesk({
    ask: (keys) => asked.push(keys),
    afterTurn: (work) => turns.push(work),
    standStill: () =>
      mayStand
        ? (done, milliseconds) => {
            waits += 1;
            clock.time += Math.min(milliseconds, answersAfter);
            if (answersAfter <= milliseconds) for (const key of asked.flat()) desk.settle(key, known);
            expect(done()).toBe(answersAfter <= milliseconds);
          }
        : undefined,
    clock,
  });
  const endTurn = () => {
    for (const work of turns.splice(0)) work();
  };
  return { desk, asked, clock, endTurn, waits: () => waits };
}

describe('a desk that may not stand still', () => {
  test('asks once, whoever waits, for all of a turn together, and tells all of them', () => {
    const { desk, asked, endTurn } = deskThatStands({ mayStand: false });
    const told: unknown[] = [];
    desk.wait('a', 'ann', (known) => told.push(['first', known]));
    desk.wait('a', 'ann', (known) => told.push(['second', known]));
    desk.wait('b', 'ann', (known) => told.push(['other', known]));
    expect(desk.waitInPlace('c', 'ann')).toBe(undefined);
    expect(asked).toEqual([]);
    endTurn();
    expect(asked).toEqual([['a', 'b']]);
    desk.settle('a', true);
    expect(told).toEqual([
      ['first', true],
      ['second', true],
    ]);
    expect([desk.awaits('a'), desk.awaits('b')]).toEqual([false, true]);
    desk.wait('a', 'ann', () => {});
    endTurn();
    expect(asked).toEqual([['a', 'b'], ['a']]);
    desk.settle('unheard of', true);
  });

  test('turns away what is beyond the documents, and beyond the requests, that may wait, and half of either for one tenant', () => {
    const { desk, endTurn } = deskThatStands({ mayStand: false });
    const half = LIMITS.documentsAwaited / 2;
    for (let index = 0; index < half; index++) {
      expect(desk.wait(`key:${index}`, 'ann', () => {})).toBe(true);
    }
    endTurn();
    expect(desk.wait('key:one more', 'ann', () => {})).toBe(false);
    for (let index = 0; index < half; index++) {
      expect(desk.wait(`slug:${index}`, 'bob', () => {})).toBe(true);
    }
    expect(desk.wait('key:one more', 'cyd', () => {})).toBe(false);
    // Those that wait already may be waited for by others.
    for (let index = half; index < LIMITS.requestsWaiting / 2; index++) {
      expect(desk.wait('key:0', 'ann', () => {})).toBe(true);
    }
    expect([desk.wait('key:0', 'ann', () => {}), desk.wait('key:0', 'bob', () => {})]).toEqual([false, true]);
    desk.settle('key:0', true);
    expect(desk.wait('key:one more', 'ann', () => {})).toBe(true);
  });
});

describe('a desk that may stand still', () => {
  test.each([true, false])('gives an answer that comes in time, known: %s', (known) => {
    const { desk, asked } = deskThatStands({ answersAfter: 0.5, known });
    expect(desk.waitInPlace('a', 'ann')).toBe(known);
    expect(asked).toEqual([['a']]);
  });

  test('gives up after 2 ms, and whoever waits then hears the answer when it comes', () => {
    const { desk, asked, clock, endTurn } = deskThatStands();
    expect(desk.waitInPlace('a', 'ann')).toBe(undefined);
    expect(clock.time).toBe(2);
    const told: boolean[] = [];
    desk.wait('a', 'ann', (known) => told.push(known));
    endTurn();
    expect(asked).toEqual([['a']]);
    desk.settle('a', true);
    expect(told).toEqual([true]);
  });

  test('who waited in place in vain, and waits on, is one request', () => {
    const { desk } = deskThatStands();
    const requests = LIMITS.requestsWaiting / 2;
    expect(desk.waitInPlace('a', 'ann')).toBe(undefined);
    for (let index = 0; index < requests; index++) expect(desk.wait('a', 'ann', () => {})).toBe(true);
    expect(desk.wait('a', 'ann', () => {})).toBe(false);
  });

  test('stands still for a twentieth of its time, and for 100 ms of what it has saved up', () => {
    const { desk, clock, waits } = deskThatStands();
    clock.time += 1_000_000;
    let key = 0;
    for (; desk.waitInPlace(`a${key}`, 'ann') === undefined && key < 1_000; key++);
    expect(waits()).toBeGreaterThanOrEqual(50);
    expect(waits()).toBeLessThanOrEqual(53);
    const before = { waits: waits(), time: clock.time };
    for (let turn = 0; turn < 10_000; turn++) {
      clock.time += 1;
      desk.waitInPlace(`b${turn}`, 'ann');
    }
    const share = ((waits() - before.waits) * 2) / (clock.time - before.time);
    expect(share).toBeGreaterThan(0.04);
    expect(share).toBeLessThan(0.055);
  });
});
