import type { Clock, FeedDocument } from '@px0/contract';
import { LIMITS } from '../limits.js';

export interface LateJudgementsOptions {
  /** The state of a document that is held; undefined if none is. */
  readonly held: (key: string) => FeedDocument | undefined;
  /** Judges a document. @returns whether there was room for it; otherwise it is to be tried again */
  readonly judge: (document: FeedDocument) => Promise<boolean>;
  /** Told when fewer are open than before. */
  readonly onSettled: () => void;
  readonly clock: Clock;
}

/**
 * Documents that were taken in before they were judged, as to load them takes long. Each is judged by and by,
 * a few at a time, as it is held then: one that is held no more is judged by its next use.
 */
export class LateJudgements {
  readonly #options: LateJudgementsOptions;
  /** By key, the revision of what is to be judged, or is being judged. */
  readonly #open = new Map<string, number>();
  /** Keys that wait for their turn. */
  readonly #waiting = new Set<string>();
  #running = 0;
  #retry: unknown;
  #isStopped = false;

  constructor(options: LateJudgementsOptions) {
    this.#options = options;
  }

  /** Has a document judged that is about to be taken in. */
  add({ key, revision }: FeedDocument): void {
    this.#open.set(key, revision);
    this.#waiting.add(key);
    queueMicrotask(() => this.#dispatch());
  }

  /** @returns below which revision all is judged; infinite if nothing waits for it */
  earliest(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const revision of this.#open.values()) earliest = Math.min(earliest, revision);
    return earliest;
  }

  /** Judges no more. */
  stop(): void {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#retry);
  }

  #dispatch(): void {
    if (this.#retry !== undefined || this.#isStopped) return;
    for (const key of this.#waiting) {
      if (this.#running >= LIMITS.judgementsInPool) return;
      this.#waiting.delete(key);
      void this.#judge(key, this.#open.get(key));
    }
  }

  async #judge(key: string, revision: number | undefined): Promise<void> {
    const { held, judge } = this.#options;
    const document = held(key);
    const isHeld = document !== undefined && document.revision >= (revision ?? 0);
    this.#running += 1;
    const isDone = !isHeld || (await judge(document));
    this.#running -= 1;
    // A newer state has its own turn.
    if (this.#open.get(key) === revision) {
      if (isDone) this.#settle(key);
      else this.#waiting.add(key);
    }
    if (isDone) this.#dispatch();
    else this.#tryLater();
  }

  #settle(key: string): void {
    this.#open.delete(key);
    this.#options.onSettled();
  }

  #tryLater(): void {
    if (this.#retry !== undefined || this.#isStopped) return;
    this.#retry = this.#options.clock.setTimeout(() => {
      this.#retry = undefined;
      this.#dispatch();
    }, LIMITS.judgementRetry);
  }
}
