/** A batch this long, in milliseconds, makes the reading of the clock not count. */
const BATCH = 2;

/**
 * Calls `work` over and over, for at least so long, reading the clock after batches only.
 *
 * @param work does what it does so many times
 * @returns nanoseconds for each time
 */
export function timeBatches(work: (times: number) => void, milliseconds: number): number {
  let batch = 1;
  for (;;) {
    const start = performance.now();
    work(batch);
    if (performance.now() - start >= BATCH) break;
    batch *= 2;
  }
  let times = 0;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < milliseconds) {
    work(batch);
    times += batch;
    elapsed = performance.now() - start;
  }
  return (elapsed * 1e6) / times;
}

/** @returns nanoseconds that each call of `work` took, called for at least so long */
export function timeCalls(work: () => void, milliseconds: number): number[] {
  const calls: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const start = process.hrtime.bigint();
    work();
    calls.push(Number(process.hrtime.bigint() - start));
  }
  return calls;
}
