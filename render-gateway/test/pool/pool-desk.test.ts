import { expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { PoolDesk } from '#pool/pool-desk.js';
import type { PoolOutcome, RenderOrder } from '#render/pool-order.js';

function deskUnderTest(places: number) {
  const sent: number[] = [];
  const told: PoolOutcome[] = [];
  const desk = new PoolDesk({ places, send: (id) => sent.push(id) });
  const render = (orgId: string) => {
    const order: RenderOrder = {
      orgId,
      versionKey: 'version',
      prompt: { slug: 'x', tags: {} },
      body: new Uint8Array(),
    };
    return desk.render(order, (outcome) => told.push(outcome));
  };
  return { desk, render, sent, told };
}

test('an organization sends as much as it may have in the pool, whatever others sent', () => {
  const { desk, render, sent, told } = deskUnderTest(6);
  const sendAll = (orgId: string) => {
    let count = 0;
    while (render(orgId) === undefined) count += 1;
    return count;
  };
  expect(['a', 'b', 'c'].map(sendAll)).toEqual([3, 3, 3]);
  desk.settle(sent[0] ?? 0, { code: 'unavailable' });
  expect(told).toEqual([{ code: 'unavailable' }]);
  expect(sendAll('a')).toBe(1);
  const all = ['d', 'e', 'f', 'g', 'h', 'i'].map(sendAll);
  expect(9 + all.reduce((sum, count) => sum + count)).toBe(6 * LIMITS.poolOverbooking);
  expect(render('j')).toEqual({ outcome: { code: 'unavailable' } });
});

test('without a pool everything is refused', () => {
  expect(deskUnderTest(0).render('a')).toEqual({ outcome: { code: 'unavailable' } });
});
