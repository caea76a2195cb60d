import { Refusal } from '../http/error-catalogue.js';

const RETRY_AFTER_SECONDS = 1;

/**
 * Lets so many computations run at once, and so many wait. Each takes 19 MiB and a core for some tens
 * of milliseconds: without a bound a flood of logins would take all memory, and all threads that
 * files and name look-ups share.
 */
export class HashingGate {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** @throws {Refusal} `unavailable` if too many wait already */
  async pass<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#most) {
      this.#running += 1;
    } else {
      if (this.#waiting.length >= this.#mostWaiting) {
        throw new Refusal('unavailable', { retryAfter: RETRY_AFTER_SECONDS });
      }
      // Whoever leaves hands its place on, so that nobody comes in between.
      await new Promise<void>((enter) => this.#waiting.push(enter));
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
