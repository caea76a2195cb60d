import { expect, test } from 'vitest';
import { Deadlines } from '#http/deadlines.js';
import { FakeClock } from '../fake-clock.js';

test('deadlines are met in their order, by one timer, unless they are let go', () => {
  const clock = new FakeClock(1_000);
  const deadlines = new Deadlines(100, clock);
  const over: string[] = [];
  const [first, second, third] = ['first', 'second', 'third'].map((name) => () => void over.push(name));
  for (const onOver of [first, second, third]) {
    if (onOver !== undefined) deadlines.start(onOver);
    clock.pass(30);
  }
  if (second !== undefined) deadlines.letGo(second);
  expect([deadlines.pending, clock.next]).toEqual([2, 10]);
  clock.pass(10);
  expect(over).toEqual(['first']);
  clock.pass(60);
  expect([over, deadlines.pending, clock.next]).toEqual([['first', 'third'], 0, undefined]);
});

test('one that is started again begins anew, and none is met once they are stopped', () => {
  const clock = new FakeClock(1_000);
  const deadlines = new Deadlines(100, clock);
  let over = 0;
  const onOver = () => {
    over += 1;
  };
  deadlines.start(onOver);
  clock.pass(90);
  deadlines.letGo(onOver);
  deadlines.start(onOver);
  clock.pass(90);
  expect(over).toBe(0);
  clock.pass(40);
  expect(over).toBe(1);
  deadlines.start(onOver);
  deadlines.stop();
  clock.pass(1_000);
  expect([over, clock.next]).toEqual([1, undefined]);
});
