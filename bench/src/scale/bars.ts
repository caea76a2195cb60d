import type { ScaleFigures } from './figures.js';

const MIB = 1024 * 1024;
/** What 99 of 100 first renders have to stay under, in milliseconds. */
const MISS_BAR = 5;
/** Documents that a gateway that starts has to read in a second. */
const READING_BAR = 20_000;
/** Of key, slug and prompt documents, that a worker holds beside its templates. */
const DOCUMENT_CACHE_BYTES = 64 * MIB;
/** By how much the process may be larger after all prompts than after the half of them. */
const GROWTH_BAR = 1.1;

export interface Bar {
  readonly wanted: string;
  readonly found: string;
  readonly held: boolean;
}

/** @returns the bars of a large feed */
export function judge({ misses, reading, bound }: ScaleFigures): Bar[] {
  const worst = misses
    .filter(({ place }) => place === 'primary' || place === 'feed')
    .reduce((worst, next) => (next.p99.median > worst.p99.median ? next : worst));
  const perSecond = reading.documentsPerSecond.median;
  const grown = bound.heapAfter - bound.heapBefore;
  const most = bound.templateCacheBytes + DOCUMENT_CACHE_BYTES;
  const half = Math.floor(bound.resident.length / 2);
  const growth = Math.max(...bound.resident.slice(half + 1)) / Math.max(...bound.resident.slice(0, half + 1));
  return [
    {
      wanted: `first renders within ${MISS_BAR} ms at the 99th percentile`,
      found: `${worst.p99.median.toFixed(2)} ms (${worst.place}, ${worst.company})`,
      held: worst.p99.median <= MISS_BAR,
    },
    {
      wanted: `reads at least ${READING_BAR} documents a second`,
      found: perSecond.toFixed(0),
      held: perSecond >= READING_BAR,
    },
    {
      wanted: `a worker's heap grows by ${most / MIB} MiB at the most`,
      found: `${(grown / MIB).toFixed(0)} MiB`,
      held: grown <= most,
    },
    {
      wanted: `the second half of the prompts makes it ${GROWTH_BAR}x as large at most`,
      found: `${growth.toFixed(2)}x`,
      held: growth <= GROWTH_BAR,
    },
  ];
}
