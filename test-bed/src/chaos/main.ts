/**
 * Lets things go wrong around a whole px0 for as long as one likes:
 *
 *   npm run chaos -- --seconds 60 --seed 7
 *
 * Exit status 1 when something happened that must not.
 */
import { parseArgs } from 'node:util';
import { Journal } from './journal.js';
import { Chaos } from './run.js';

/** Seconds. */
const LONGEST_FAULT = 5;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
if (!(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run chaos -- [--seconds <how long>] [--seed <whole number>]\n');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const journal = new Journal((line) => process.stdout.write(`${line}\n`));
const chaos = await Chaos.prepare(journal, Math.ceil(seconds / 10));
const summary = await chaos.run({ seed, seconds, longestFault: LONGEST_FAULT });
if (summary.violations.length > 0) process.stdout.write(`\n${chaos.lastWords()}\n`);
await chaos.close();
const answers = summary.answers
  .map(
    (statuses, index) => `gateway ${index + 1}: ${[...statuses].map(([s, n]) => `${n} × ${s}`).join(', ')}`,
  )
  .join('; ');
process.stdout.write(
  `\nseed ${seed}: ${summary.faults.length} faults, ${summary.changes} changes, answers of ${answers}\n` +
    `slowest answer ${Math.round(summary.slowestAnswer)} ms, ` +
    `agreement ${Math.round(summary.convergence)} ms after all was mended\n` +
    summary.violations.map((text) => `VIOLATION ${text}\n`).join('') +
    `chaos: ${summary.violations.length === 0 ? 'passed' : `FAILED, ${summary.violations.length} violations`}\n`,
);
process.exit(summary.violations.length === 0 ? 0 : 1);
