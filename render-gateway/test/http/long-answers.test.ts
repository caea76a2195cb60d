import { expect, test } from 'vitest';
import { LongAnswers } from '#http/long-answers.js';
import { LIMITS } from '#limits.js';

/** A thread whose turns a test takes, and whose clock moves with each piece that is sent. */
function underTest(pieceTime: number) {
  let now = 0;
  const turns: (() => void)[] = [];
  const sent: string[] = [];
  const answers = new LongAnswers({ now: () => now }, (work) => turns.push(work));
  const send = (name: string, pieces: number): void => {
    answers.add(() => {
      sent.push(name);
      now += pieceTime;
      if (pieces > 1) send(name, pieces - 1);
    });
  };
  const turn = () => {
    for (const work of turns.splice(0)) work();
    return sent.splice(0).join('');
  };
  return { send, turn, turns };
}

test('pieces of several answers are sent in turn, for as long as a slice is, and the rest in turns to come', () => {
  const { send, turn, turns } = underTest(LIMITS.answerSlice / 4);
  send('a', 5);
  send('b', 3);
  expect([turn(), turn(), turn()]).toEqual(['abab', 'abaa', '']);
  expect(turns).toEqual([]);
});

test('however long a piece takes, each turn sends one', () => {
  const { send, turn } = underTest(LIMITS.answerSlice * 10);
  send('a', 2);
  expect(turn()).toBe('a');
  send('b', 1);
  expect([turn(), turn(), turn()]).toEqual(['a', 'b', '']);
});
