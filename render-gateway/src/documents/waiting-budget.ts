import { LIMITS } from '../limits.js';

/**
 * How long a thread may stand still to wait: {@link LIMITS.lookUpWaitShare} of its time, saved up to
 * {@link LIMITS.longestLookUpWait}, and {@link LIMITS.lookUpWait} in one go.
 */
export class WaitingBudget {
  readonly #clock: { now(): number };
  #left: number = LIMITS.longestLookUpWait;
  #countedAt: number;

  /** @param clock milliseconds, with fractions */
  constructor(clock: { now(): number }) {
    this.#clock = clock;
    this.#countedAt = clock.now();
  }

  /** @returns how long may be waited now, in milliseconds; 0: not at all */
  available(): number {
    const now = this.#clock.now();
    this.#left += (now - this.#countedAt) * LIMITS.lookUpWaitShare;
    this.#left = Math.min(this.#left, LIMITS.longestLookUpWait);
    this.#countedAt = now;
    return this.#left < LIMITS.lookUpWait ? 0 : LIMITS.lookUpWait;
  }

  /** @param milliseconds that were waited */
  spend(milliseconds: number): void {
    this.#left -= milliseconds;
  }
}
