import type { Clock } from '@px0/contract';

/**
 * @param interval in milliseconds
 * @returns does the same, but not again within the interval: for what the log need not hear each time
 */
export function seldom<Args extends unknown[]>(
  interval: number,
  clock: Pick<Clock, 'now'>,
  tell: (...args: Args) => void,
): (...args: Args) => void {
  let next = Number.NEGATIVE_INFINITY;
  return (...args) => {
    const now = clock.now();
    if (now < next) return;
    next = now + interval;
    tell(...args);
  };
}
