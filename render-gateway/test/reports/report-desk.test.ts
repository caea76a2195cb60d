import { systemClock } from '@px0/contract';
import { until } from '@px0/test-bed';
import { pino } from 'pino';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ReportDesk } from '#reports/report-desk.js';

interface Thread {
  readonly name: string;
}

let sent: (number | null)[];
let asked: [string, number][];
const [one, other] = [{ name: 'one' }, { name: 'other' }];
let threads: Thread[];
/** Below which revision everything is listed, or judged. */
let unlisted: number;
let judged: number;
let desk: ReportDesk<Thread>;

beforeEach(async () => {
  sent = [];
  asked = [];
  threads = [one, other];
  unlisted = Number.POSITIVE_INFINITY;
  judged = Number.POSITIVE_INFINITY;
  desk = new ReportDesk<Thread>({
    reporter: {
      report: async ({ revision }) => void sent.push(revision),
      remove: async () => {},
      close: async () => {},
    },
    host: 'here',
    refusals: { list: () => [], earliestUnlisted: () => unlisted },
    judged: () => judged,
    threads: () => threads,
    ask: ({ name }, revision) => void asked.push([name, revision]),
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(() => desk.stop());
  desk.start();
  await says(null);
});

const says = (revision: number | null) =>
  until(`it says ${revision}`, async () => (sent.at(-1) === revision ? true : undefined));

test('what all threads have applied is reported, of one that has not answered yet nothing is believed older', async () => {
  desk.moved({ epoch: 'e', revision: 5 });
  desk.moved({ epoch: 'e', revision: 6 });
  // They are asked about the second when they have answered the first.
  expect(asked).toEqual([
    ['one', 5],
    ['other', 5],
  ]);
  desk.applied(one, 5);
  desk.applied(other, 5);
  expect(asked.slice(2)).toEqual([
    ['one', 6],
    ['other', 6],
  ]);
  desk.applied(one, 6);
  await says(5);
  threads = [one];
  desk.changed();
  await says(6);
});

test('nothing is reported as applied that is refused and not listed, or not judged yet', async () => {
  desk.moved({ epoch: 'e', revision: 9 });
  desk.applied(one, 9);
  desk.applied(other, 9);
  await says(9);
  judged = 8;
  desk.changed();
  await says(7);
  unlisted = 4;
  desk.changed();
  await says(3);
  [judged, unlisted] = [Number.POSITIVE_INFINITY, 0];
  desk.changed();
  await says(0);
});

test('what threads were told from the snapshot of another feed does not count in the one that is followed', async () => {
  // At their start, one before and one after the desk hears of the feed.
  desk.applied(one, 100);
  desk.moved({ epoch: 'e', revision: 50 });
  expect(asked).toEqual([
    ['one', 50],
    ['other', 50],
  ]);
  desk.applied(other, 100);
  await says(0);
  desk.applied(other, 50);
  desk.applied(one, 50);
  await says(50);
});
