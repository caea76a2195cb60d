import { ERRORS, type ErrorCode } from '../errors.js';

/** What happened, how often. Plain numbers: to count costs a render next to nothing. */
export interface Counters {
  /** Renders that were answered, by where they were done. */
  renderedInPlace: number;
  renderedInPool: number;
  /** Requests that were refused, by why; renders of a batch as well. */
  readonly refused: Record<ErrorCode, number>;
  /** Batches that were answered. */
  batches: number;
  /** Renders in them. They count above, too. */
  batchRenders: number;
  /** Renders that the pool had no room for, or that waited in vain for a thread. */
  poolRefused: number;
  poolTimedOut: number;
  poolOutOfMemory: number;
  /** Threads of the pool that were ended or died, of which the two above each took one. */
  poolThreadsLost: number;
  snapshotsWritten: number;
  /** Those that could not be written. */
  snapshotsFailed: number;
  /** States of documents that were of no use. */
  documentsRefused: number;
}

/** @returns counters at zero */
export function createCounters(): Counters {
  return {
    renderedInPlace: 0,
    renderedInPool: 0,
    refused: Object.fromEntries(Object.keys(ERRORS).map((code) => [code, 0])) as Record<ErrorCode, number>,
    batches: 0,
    batchRenders: 0,
    poolRefused: 0,
    poolTimedOut: 0,
    poolOutOfMemory: 0,
    poolThreadsLost: 0,
    documentsRefused: 0,
    snapshotsWritten: 0,
    snapshotsFailed: 0,
  };
}

/** Adds counts to a sum. */
export function addCounters(sum: Counters, counts: Counters): void {
  addFields(sum as unknown as Fields, counts as unknown as Fields);
}

/** @returns what was counted, and starts over; undefined if nothing was */
export function takeCounters(counters: Counters): Counters | undefined {
  const taken = structuredClone(counters);
  return zero(counters as unknown as Fields) ? taken : undefined;
}

interface Fields {
  [name: string]: number | Fields;
}

function addFields(sum: Fields, counts: Fields): void {
  for (const [name, count] of Object.entries(counts)) {
    const held = sum[name];
    if (typeof count === 'object') addFields(held as Fields, count);
    else sum[name] = (held as number) + count;
  }
}

/** @returns whether any was above zero */
function zero(fields: Fields): boolean {
  let any = false;
  for (const [name, count] of Object.entries(fields)) {
    if (typeof count === 'object') {
      if (zero(count)) any = true;
    } else if (count > 0) {
      fields[name] = 0;
      any = true;
    }
  }
  return any;
}
