import type { Clock, KeyUseReporter } from '@px0/contract';
import type { Logger } from 'pino';
import { LIMITS } from '../limits.js';

export interface KeyUseDeskOptions {
  readonly reporter: KeyUseReporter;
  /** For durations. */
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds: the moment that is reported. */
  readonly unixTime: () => number;
  readonly log: Logger;
}

/** The primary's side: of all that the threads tell, each key is reported once a minute at the most. */
export class KeyUseDesk {
  readonly #options: KeyUseDeskOptions;
  /** When keys were reported, or are about to be, as far as that keeps them from being reported again. */
  readonly #reported = new Map<string, number>();
  /** What is to be reported next. One report is on its way at a time, however slow the store is. */
  #waiting: string[] = [];
  #sweptAt = 0;
  #dropped = 0;
  #reporting: Promise<void> | undefined;

  constructor(options: KeyUseDeskOptions) {
    this.#options = options;
  }

  /** @param ids keys that a thread has seen in use. Returns at once. */
  used(ids: readonly string[]): void {
    const now = this.#options.clock.now();
    this.#sweep(now);
    for (const id of ids) {
      if (this.#reported.has(id)) continue;
      this.#reported.set(id, now);
      this.#waiting.push(id);
    }
    if (this.#waiting.length > 0) this.#reporting ??= this.#report();
  }

  /** Finishes what is being reported. */
  async stop(): Promise<void> {
    await this.#reporting;
  }

  async #report(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ids = this.#waiting;
      this.#waiting = [];
      try {
        const at = this.#options.unixTime();
        await this.#options.reporter.report(ids.map((id) => ({ id, at })));
        this.#dropped = 0;
      } catch (error) {
        this.#drop(ids, error);
      }
    }
    this.#reporting = undefined;
  }

  /** What cannot be reported is dropped, and counted: the next use of the key is told instead. */
  #drop(ids: readonly string[], err: unknown): void {
    const { log } = this.#options;
    if (this.#dropped === 0) log.warn({ err }, 'cannot report for now which API keys are in use');
    this.#dropped += ids.length;
    log.debug({ dropped: this.#dropped }, 'uses of API keys were not reported');
    for (const id of ids) this.#reported.delete(id);
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < LIMITS.keyUseSweep) return;
    this.#sweptAt = now;
    for (const [id, at] of this.#reported) {
      if (now - at >= LIMITS.keyUseAge) this.#reported.delete(id);
    }
  }
}
