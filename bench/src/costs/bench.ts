import { parseArgs } from 'node:util';
import { describeMachine, machineLine } from '../measuring/machine.js';
import { aboveZero } from '../measuring/options.js';
import { timeBatches } from '../measuring/stopwatch.js';
import { type Cost, costs } from './costs.js';

/** For one cost, in milliseconds: some take longer than a window. */
const LONGEST = 2_000;

/**
 * Measures what the gateway's limits are made by: what a step, a byte, a list and a document cost. Of many
 * short windows the least counts: what else the machine does can only add.
 */
export async function benchCosts(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      windows: { type: 'string', default: '25' },
      milliseconds: { type: 'string', default: '20' },
    },
  });
  const windows = aboveZero('windows', values.windows);
  const milliseconds = aboveZero('milliseconds', values.milliseconds);
  print(machineLine(describeMachine()));
  print(`the least of ${windows} windows of ${milliseconds} ms each\n`);
  for (const cost of costs()) print(line(cost, least(cost, windows, milliseconds)));
}

/** @returns nanoseconds for each unit */
export function least({ work, units }: Cost, windows: number, milliseconds: number): number {
  const calls = (times: number) => {
    for (let time = 0; time < times; time += 1) kept = work();
  };
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + LONGEST;
  for (let window = 0; window < windows && performance.now() < end; window += 1)
    least = Math.min(least, timeBatches(calls, milliseconds));
  return least / units;
}

/** What was made last: so that nothing is left out because nobody wants it. */
export let kept: unknown;

function line({ name, unit, units }: Cost, nanoseconds: number): string {
  const [value, scale] =
    nanoseconds < 1_000
      ? [nanoseconds, 'ns']
      : nanoseconds < 1e6
        ? [nanoseconds / 1e3, 'µs']
        : [nanoseconds / 1e6, 'ms'];
  const of = units === 1 ? '' : `, of ${units}`;
  return `${name.padEnd(60)}${value.toFixed(1).padStart(8)} ${scale} a ${unit}${of}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
