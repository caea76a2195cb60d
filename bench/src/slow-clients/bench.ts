import { parseArgs } from 'node:util';
import { ensureRedisServer } from '@px0/test-bed';
import { describeMachine, machineLine, packageVersion, programVersion } from '../measuring/machine.js';
import { aboveZero } from '../measuring/options.js';
import { quantile } from '../measuring/statistics.js';
import { barsOf, medianOf } from './bars.js';
import { type FloodFigures, type Innocent, measureSlowClients } from './measure.js';

const MIB = 1024 * 1024;

/**
 * Measures how much others suffer from slow sockets, and from floods of unknown keys, and prints it. Sets
 * exit status 1 if a bar is missed.
 */
export async function benchSlowClients(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      rate: { type: 'string', default: '200' },
      sockets: { type: 'string', default: '1000' },
      flood: { type: 'string', default: '50000' },
    },
  });
  const options = {
    rounds: aboveZero('rounds', values.rounds),
    seconds: aboveZero('seconds', values.seconds),
    rate: aboveZero('rate', values.rate),
    sockets: aboveZero('sockets', values.sockets),
    flood: aboveZero('flood', values.flood),
  };
  const versions = {
    Redis: (await programVersion(await ensureRedisServer(), '--version')) ?? 'of unknown version',
    'uWebSockets.js': await packageVersion('uWebSockets.js'),
  };
  print(machineLine(describeMachine(versions)));
  print(
    `one worker thread; ${options.rate} requests/s of those who are measured, alone and then beside ` +
      `${options.sockets} slow sockets; ${options.rounds} rounds of ${options.seconds} s each, medians`,
  );
  const figures = await measureSlowClients(options, (progress) => process.stderr.write(`${progress}\n`));
  const { alone, beside, atIt, outcomes, floods } = figures;
  const median = (of: 'sending' | 'reading') =>
    quantile(
      atIt.map((seen) => seen[of]),
      0.5,
    ).toFixed(0);
  print(`slow sockets that were at it: ${median('sending')} senders, ${median('reading')} readers`);
  for (const [outcome, count] of Object.entries(outcomes))
    print(`  ${String(count).padStart(7)} × ${outcome}`);
  print(`\n${'milliseconds'.padEnd(44)}     p50     p99  longest  sent late, p99  failed`);
  print(line('alone', alone));
  print(line(`beside ${options.sockets} slow sockets`, beside));
  for (const flood of floods) print(line(`beside a flood: ${flood.name}`, [flood.innocent]));
  print('');
  for (const flood of floods) for (const told of floodLines(flood, options.flood)) print(told);
  const bars = barsOf(figures);
  print(`\nbars: ${bars.filter(({ held }) => held).length} of ${bars.length} held`);
  for (const { wanted, found, held } of bars)
    print(`  ${wanted.padEnd(92)}${(held ? 'held' : 'MISSED').padEnd(10)}${found}`);
  if (bars.some(({ held }) => !held)) process.exitCode = 1;
}

function line(what: string, rounds: readonly Innocent[]): string {
  const times = (['p50', 'p99', 'max', 'lateness'] as const).map((field) =>
    medianOf(rounds, field).toFixed(2),
  );
  const [p50 = '', p99 = '', max = '', lateness = ''] = times;
  const failed = rounds.reduce((sum, { failures }) => sum + failures, 0);
  const columns = [
    p50.padStart(8),
    p99.padStart(8),
    max.padStart(9),
    lateness.padStart(16),
    String(failed).padStart(8),
  ];
  return what.padEnd(44) + columns.join('');
}

function floodLines(figures: FloodFigures, asked: number): string[] {
  const { name, flood, keys, lookUps, residentBefore, residentMost } = figures;
  const answers = Object.entries(flood.answers).map(([status, count]) => `${count} × ${status}`);
  return [
    `flood, ${name}: ${(flood.sent / flood.seconds).toFixed(0)} requests/s of ${asked} that were asked for; ${answers.join(', ')}`,
    `  ${flood.wellFormed} well-formed keys, ${keys} of them looked up in the feed, in ${lookUps} look-ups`,
    `  the process: ${(residentBefore / MIB).toFixed(0)} MiB before, ${(residentMost / MIB).toFixed(0)} MiB at the most`,
  ];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
