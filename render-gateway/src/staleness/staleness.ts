import type { Clock } from '@px0/contract';

/** What a worker thread knows of how far behind the feed the gateway may be. */
export class Staleness {
  readonly #maxSeconds: number;
  readonly #clock: Pick<Clock, 'now'>;
  #since: number | undefined;

  /** @param maxSeconds the age beyond which nothing is served */
  constructor(maxSeconds: number, clock: Pick<Clock, 'now'>) {
    this.#maxSeconds = maxSeconds;
    this.#clock = clock;
  }

  /** Whether the feed cannot be followed at present. All that a request pays while it can. */
  get isStale(): boolean {
    return this.#since !== undefined;
  }

  /** @param since when the gateway last knew that it was up to date, in milliseconds of Unix time; null: it is */
  tell(since: number | null): void {
    this.#since = since ?? undefined;
  }

  /** @returns for how many whole seconds changes may have been missed; 0 while none can be */
  seconds(): number {
    if (this.#since === undefined) return 0;
    // Not below: the clock may have been put back meanwhile.
    return Math.max(0, Math.floor((this.#clock.now() - this.#since) / 1_000));
  }

  /** What an answer's head is to say: a line, begun by the end of the one before it, or nothing. */
  get lines(): string {
    return this.#since === undefined ? '' : `\r\nx-px0-stale: ${this.seconds()}`;
  }

  /** Whether changes may have been missed for longer than anything is served. */
  isTooOld(): boolean {
    return this.isStale && this.seconds() > this.#maxSeconds;
  }
}
