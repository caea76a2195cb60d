import { parseArgs } from 'node:util';
import { describeMachine, machineLine } from '../measuring/machine.js';
import { aboveZero } from '../measuring/options.js';
import { rangeOf, rangeText } from '../measuring/statistics.js';
import { measureRestart } from './measure.js';

const MIB = 1024 * 1024;
/** Milliseconds within which every start has to serve. */
const BAR = 2_000;

/**
 * Measures how long a gateway takes to serve from its snapshot while everything else is down, and prints
 * it. Sets exit status 1 if a start takes longer than two seconds.
 */
export async function benchRestart(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '5' },
      few: { type: 'string', default: '10' },
      many: { type: 'string', default: '33333' },
    },
  });
  const rounds = aboveZero('rounds', values.rounds);
  print(machineLine(describeMachine()));
  print(
    `milliseconds from the start of a gateway's process to its first render, with Redis, Postgres and control plane dead; ` +
      `${rounds} starts each: median, and in parentheses least and most\n`,
  );
  let isMissed = false;
  for (const prompts of [aboveZero('few', values.few), aboveZero('many', values.many)]) {
    const { documents, snapshotBytes, times } = await measureRestart(prompts, rounds);
    const range = rangeOf(times);
    const isHeld = range.max <= BAR;
    isMissed ||= !isHeld;
    print(
      `${documents} documents, a snapshot of ${(snapshotBytes / MIB).toFixed(1)} MiB`.padEnd(52) +
        rangeText(range).padStart(26) +
        `   ${BAR} ms: ${isHeld ? 'held' : 'MISSED'}`,
    );
  }
  if (isMissed) process.exitCode = 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
