import type { FeedDocument } from '@px0/contract';
import { beforeEach, expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { LateJudgements } from '#screening/late-judgements.js';
import { FakeClock } from '../fake-clock.js';

let clock: FakeClock;
let held: Map<string, FeedDocument>;
/** Judgements that are under way, by what they judge. */
let judging: { readonly name: string; readonly end: (hasRoom: boolean) => void }[];
let settled: number[];
let late: LateJudgements;

beforeEach(() => {
  clock = new FakeClock(0);
  held = new Map();
  judging = [];
  settled = [];
  late = new LateJudgements({
    held: (key) => held.get(key),
    judge: ({ key, revision }) =>
      new Promise((end) => {
        judging.push({ name: `${key}@${revision}`, end });
      }),
    onSettled: () => settled.push(late.earliest()),
    clock,
  });
});

/** A document is judged late, and then taken in. */
function take(key: string, revision: number): void {
  const document = { key, revision, body: `${key} ${revision}` };
  late.add(document);
  held.set(key, document);
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
async function end(name: string, hasRoom = true): Promise<void> {
  const found = judging.find((one) => one.name === name);
  judging = judging.filter((one) => one !== found);
  found?.end(hasRoom);
  await turn();
}
const underWay = () => judging.map(({ name }) => name);

test('what is not judged bounds what is, from the moment on at which it is taken in', async () => {
  take('a', 5);
  take('b', 6);
  take('c', 7);
  expect(late.earliest()).toBe(5);
  await turn();
  expect(underWay()).toEqual(['a@5', 'b@6']);
  expect(LIMITS.judgementsInPool).toBe(2);
  await end('b@6');
  expect([late.earliest(), underWay()]).toEqual([5, ['a@5', 'c@7']]);
  await end('a@5');
  await end('c@7');
  expect(late.earliest()).toBe(Number.POSITIVE_INFINITY);
  expect(settled).toEqual([5, 7, Number.POSITIVE_INFINITY]);
});

test('one for which there was no room is tried again', async () => {
  take('a', 5);
  await turn();
  await end('a@5', false);
  expect([late.earliest(), underWay()]).toEqual([5, []]);
  take('b', 6);
  await turn();
  expect(underWay()).toEqual([]);
  clock.pass(LIMITS.judgementRetry);
  expect(underWay().sort()).toEqual(['a@5', 'b@6']);
  await end('a@5');
  await end('b@6');
  expect(late.earliest()).toBe(Number.POSITIVE_INFINITY);
});

test('a state that comes while the one before is judged has its own turn', async () => {
  take('a', 5);
  await turn();
  take('a', 8);
  await end('a@5');
  expect([late.earliest(), underWay()]).toEqual([8, ['a@8']]);
  await end('a@8');
  expect(settled).toEqual([Number.POSITIVE_INFINITY]);
});

test('what another epoch confirmed is judged, and what is not held need not be', async () => {
  take('a', 5);
  held.set('a', { key: 'a', revision: 30, body: 'a 5' });
  late.add({ key: 'never taken in', revision: 6, body: 'x' });
  await turn();
  expect([late.earliest(), underWay()]).toEqual([5, ['a@30']]);
  await end('a@30');
  expect(late.earliest()).toBe(Number.POSITIVE_INFINITY);
});

test('once it is stopped nothing is tried any more', async () => {
  take('a', 5);
  await turn();
  await end('a@5', false);
  late.stop();
  expect(clock.next).toBeUndefined();
  take('b', 6);
  await turn();
  expect(underWay()).toEqual([]);
});
