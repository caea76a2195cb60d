import { describe, expect, test } from 'vitest';
import { Journal } from '#chaos/journal.js';
import { Judge, type Subject } from '#chaos/judge.js';

/** Has the judge see one answer. The serial counts where the status is 200 only. */
type See = (subject: Subject, status: number, serial?: number, life?: number) => void;

/** What the judge finds in a story. */
function violationsIn(tell: (judge: Judge, sees: See) => void): readonly string[] {
  const journal = new Journal();
  const judge = new Judge(journal);
  tell(judge, (subject, status, serial, life = 1) =>
    judge.judge(subject, { gateway: 'gateway', life, status, serial }),
  );
  return journal.violations;
}

const prompt = (): Subject => ({ name: 'prompt', sequence: 'live' });

describe('the judge of chaos lets pass', () => {
  test.each<[string, (judge: Judge, sees: See) => unknown]>([
    ['newer versions after older ones', (_judge, sees) => [1, 1, 4].map((n) => sees(prompt(), 200, n))],
    [
      'absence and ignorance before something was served',
      (_judge, sees) => [404, 503, 401, 200].map((status) => sees(prompt(), status, 1)),
    ],
    [
      'an older version in another life of the gateway',
      (_judge, sees) => [
        sees(prompt(), 200, 4),
        sees(prompt(), 200, 3, 2),
        sees(prompt(), 503, undefined, 3),
      ],
    ],
    [
      'one fall to what a restored database knows, and growth from there',
      (judge, sees) => {
        judge.settled(1, judge.era);
        judge.copied();
        judge.settled(2, judge.era);
        sees(prompt(), 200, 2);
        judge.restored(3);
        for (const serial of [2, 1, 4]) sees(prompt(), 200, serial);
      },
    ],
    [
      'a promotion that took effect late',
      (judge, sees) => {
        judge.unsettled(2);
        for (const serial of [3, 2, 4]) sees(prompt(), 200, serial);
      },
    ],
    [
      'refusals of what was asked to end',
      (_judge, sees) => {
        const key: Subject = { ...prompt() };
        sees(key, 200, 1);
        key.endAsked = true;
        for (const status of [200, 401, 503, 401]) sees(key, status, status === 200 ? 1 : undefined);
      },
    ],
    [
      'absences of what comes and goes',
      (_judge, sees) =>
        [200, 404, 200].map((status) => sees({ name: 'wanderer', comesAndGoes: true }, status)),
    ],
    [
      'not knowing whether what comes and goes is back',
      (_judge, sees) =>
        [200, 503, 404, 503, 200].map((status) => sees({ name: 'wanderer', comesAndGoes: true }, status)),
    ],
  ])('%s', (_name, tell) => {
    expect(violationsIn(tell)).toEqual([]);
  });
});

describe('the judge of chaos finds', () => {
  test.each<[string, string, (judge: Judge, sees: See) => unknown]>([
    [
      'an older version after a newer one',
      'as 1 after 2',
      (_judge, sees) => [2, 1].map((n) => sees(prompt(), 200, n)),
    ],
    [
      'the same by another question',
      'as 1 after 2',
      (_judge, sees) => [sees(prompt(), 200, 2), sees({ ...prompt(), name: 'by id' }, 200, 1)],
    ],
    [
      'absence of what was served',
      'answers 404',
      (_judge, sees) => [200, 404].map((status) => sees(prompt(), status, 1)),
    ],
    [
      'ignorance of what was served',
      'answers 503',
      (_judge, sees) => [200, 503].map((status) => sees(prompt(), status, 1)),
    ],
    [
      'a revoked key that is served again',
      'again, which had ended',
      (_judge, sees) => {
        const key: Subject = { ...prompt(), endAsked: true };
        for (const status of [200, 401, 200]) sees(key, status, 1);
      },
    ],
    [
      'what the restored database lost, after what it knows',
      'which the database lost',
      (judge, sees) => {
        judge.copied();
        judge.settled(2, judge.era);
        sees(prompt(), 200, 2);
        judge.restored(2);
        for (const serial of [1, 2]) sees(prompt(), 200, serial);
      },
    ],
    [
      'a second fall after one restore',
      'as 1 after 4',
      (judge, sees) => {
        judge.copied();
        sees(prompt(), 200, 3);
        judge.restored(3);
        for (const serial of [2, 4, 1]) sees(prompt(), 200, serial);
      },
    ],
    [
      'a late promotion that comes twice',
      'as 2 after 4',
      (judge, sees) => {
        judge.unsettled(2);
        for (const serial of [3, 2, 4, 2]) sees(prompt(), 200, serial);
      },
    ],
  ])('%s', (_name, words, tell) => {
    expect(violationsIn(tell)).toEqual([expect.stringContaining(words)]);
  });
});
