import { quantile } from '../measuring/statistics.js';
import type { Innocent, SlowClientsFigures } from './measure.js';

const MIB = 1024 * 1024;
/** How many times as long the p99 of others may be beside slow sockets. */
const SLOW_BAR = 2;
/** By how much the process may grow in a flood. */
const MEMORY_BAR = 256 * MIB;

export interface Bar {
  readonly wanted: string;
  readonly found: string;
  readonly held: boolean;
}

/** @returns the median of the rounds */
export function medianOf(rounds: readonly Innocent[], field: keyof Innocent): number {
  return quantile(
    rounds.map((round) => round[field]),
    0.5,
  );
}

export function barsOf({ alone, beside, floods }: SlowClientsFigures): Bar[] {
  const times = medianOf(beside, 'p99') / medianOf(alone, 'p99');
  const failures = [...alone, ...beside].reduce((sum, round) => sum + round.failures, 0);
  const bars: Bar[] = [
    {
      wanted: `beside slow sockets, the p99 of others is within ${SLOW_BAR}x`,
      found: `${times.toFixed(2)}x`,
      held: times <= SLOW_BAR,
    },
    { wanted: 'and none of their requests fails', found: String(failures), held: failures === 0 },
  ];
  for (const { name, flood, keys, lookUps, residentBefore, residentMost, innocent } of floods) {
    const grown = residentMost - residentBefore;
    bars.push(
      {
        wanted: `flood, ${name}: no key is looked up twice, and none with a bad checksum`,
        found: `${lookUps} look-ups of ${keys} keys, ${flood.wellFormed} were well-formed`,
        held: lookUps === keys && keys <= flood.wellFormed,
      },
      {
        wanted: `flood, ${name}: the process grows by ${MEMORY_BAR / MIB} MiB at the most`,
        found: `${(grown / MIB).toFixed(0)} MiB`,
        held: grown <= MEMORY_BAR,
      },
      {
        wanted: `flood, ${name}: no request of others fails`,
        found: String(innocent.failures),
        held: innocent.failures === 0,
      },
    );
  }
  return bars;
}
