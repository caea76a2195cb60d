import { expect, test } from 'vitest';
import { BatchDesk } from '#batch/batch-desk.js';
import { LIMITS } from '#limits.js';

/** A desk whose pieces of work take 0.5 ms each, in a thread whose turns the test ends. */
function deskUnderTest() {
  let time = 0;
  const turns: (() => void)[] = [];
  const desk = new BatchDesk({ clock: { now: () => time }, afterTurn: (work) => turns.push(work) });
  const done: string[] = [];
  const piece = (name: string) => () => {
    time += 0.5;
    done.push(name);
  };
  return {
    desk,
    piece,
    takeDone: () => done.splice(0).join(' '),
    nextTurn: () => {
      for (const work of turns.splice(0)) work();
    },
    turnsPending: () => turns.length,
  };
}

test('in a turn all batches together have one slice of time, however many there are', () => {
  const { desk, piece, takeDone, nextTurn } = deskUnderTest();
  for (let batch = 0; batch < 100; batch++) desk.begin('a', piece(String(batch)));
  expect(takeDone()).toBe('0');
  nextTurn();
  expect(takeDone()).toBe('1 2 3');
  nextTurn();
  expect(takeDone()).toBe('4 5 6');
});

test('what begins in a turn without batches is begun at once, and goes on after others had their turn', () => {
  const { desk, piece, takeDone, nextTurn, turnsPending } = deskUnderTest();
  desk.begin('a', () => {
    piece('first')();
    desk.add('a', piece('second'));
  });
  expect(takeDone()).toBe('first second');
  nextTurn();
  expect(turnsPending()).toBe(0);
  desk.add('a', piece('third'));
  expect(takeDone()).toBe('');
  nextTurn();
  expect(takeDone()).toBe('third');
});

test('organizations have their pieces one after the other', () => {
  const { desk, piece, takeDone, nextTurn } = deskUnderTest();
  for (const work of [1, 2, 3, 4]) desk.add('much', piece(`much${work}`));
  desk.add('little', piece('little'));
  nextTurn();
  expect(takeDone()).toBe('much1 little much2');
});

test('there are places for so many batches, and half of them for one organization', () => {
  const { desk } = deskUnderTest();
  const enter = (org: string) => {
    let entered = 0;
    while (desk.enter(org)) entered += 1;
    return entered;
  };
  const half = LIMITS.batchesOpen / 2;
  expect([enter('a'), enter('b'), enter('c')]).toEqual([half, half, 0]);
  desk.leave('a');
  expect([enter('c'), enter('a')]).toEqual([1, 0]);
});
