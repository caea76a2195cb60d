import { expect, test } from 'vitest';
import { Batch, type BatchOptions } from '#batch/batch.js';
import { BatchAnswer } from '#batch/batch-answer.js';
import { LIMITS } from '#limits.js';
import type { Outcome } from '#render/renderer.js';

/** A batch whose pieces of work are done when the test says so. */
function batchOf(outcomes: readonly (Outcome | undefined)[], options: Partial<BatchOptions> = {}) {
  let time = 0;
  const clock = {
    now: () => time,
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
  const pieces: (() => void)[] = [];
  const laters: ((outcome: Outcome) => void)[] = [];
  const done: (Outcome | undefined)[] = [];
  let next = 0;
  const batch = new Batch({
    renderer: {
      renderTarget: (_request: unknown, later: (outcome: Outcome) => void) => {
        const outcome = outcomes[next++];
        if (outcome === undefined) laters.push(later);
        return outcome;
      },
    } as never,
    desk: { begin: (_org, work) => pieces.push(work), add: (_org, work) => pieces.push(work) },
    orgId: 'org',
    credential: '',
    renders: outcomes.map(() => () => ({
      target: { code: 'slugRequired' },
      body: { refused: { code: 'slugRequired' } },
    })),
    reserve: () => true,
    describe: ({ code }) => ({ error: code }),
    onOutcome: () => {},
    isOver: () => false,
    done: (answer) => done.push(answer),
    clock,
    ...options,
  });
  batch.start();
  const step = () => pieces.shift()?.();
  return {
    clock,
    laters,
    step,
    pieces,
    /** @returns how many pieces of work it took until there was no more to do */
    run: () => {
      let steps = 0;
      for (; pieces.length > 0; steps++) step();
      return steps;
    },
    /** What it was answered with. */
    answer: () => done.map((bytes) => bytes && JSON.parse(new TextDecoder().decode(bytes as Uint8Array))),
  };
}

test('each render is a piece of work, and so is the answer', () => {
  const { run, answer } = batchOf(['{"n":1}', { code: 'promptNotFound' }, '{"n":"é"}']);
  expect(run()).toBe(4);
  expect(answer()).toEqual([{ results: [{ n: 1 }, { error: 'promptNotFound' }, { n: 'é' }] }]);
});

test('a batch that waits has no piece of work until something comes', () => {
  const { run, laters, answer } = batchOf([undefined, '{"n":2}']);
  expect(run()).toBe(2);
  laters[0]?.('{"n":1}');
  expect(run()).toBe(1);
  expect(answer()).toEqual([{ results: [{ n: 1 }, { n: 2 }] }]);
});

test('what has not begun when its time is over is unavailable', () => {
  const { run, step, clock, answer } = batchOf(['{"n":1}', '{"n":2}', '{"n":3}']);
  step();
  clock.pass(LIMITS.batchTime + 1);
  run();
  expect(answer()).toEqual([{ results: [{ n: 1 }, { error: 'unavailable' }, { error: 'unavailable' }] }]);
});

test('a long answer is written piece by piece', () => {
  const text = 'é'.repeat(LIMITS.batchAnswerPiece / 4);
  const long = JSON.stringify({ text });
  const { run, answer } = batchOf([long, new TextEncoder().encode(long), long, long, '{}']);
  expect(run()).toBe(5 + 3);
  expect(answer()).toEqual([{ results: [{ text }, { text }, { text }, { text }, {}] }]);
});

test('an answer has room for what it may hold, whatever it is made of', () => {
  const answer = new BatchAnswer(2);
  const frame = '{"results":[]}'.length;
  expect([
    answer.claim(LIMITS.batchAnswerBytes - frame + 1),
    answer.claim(LIMITS.batchAnswerBytes - frame),
    answer.claim(1),
  ]).toEqual([false, true, false]);
});
