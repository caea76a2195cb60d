import { FairQueue } from '../fairness/fair-queue.js';
import { halfOf, Shares } from '../fairness/shares.js';
import { LIMITS } from '../limits.js';

export interface BatchDeskOptions {
  /** Milliseconds, with fractions. */
  readonly clock: { now(): number };
  /** Runs something when others have had their turn. */
  readonly afterTurn: (work: () => void) => void;
}

/**
 * Where the batches of a thread take turns. In a turn of the thread one slice of time goes to all of them
 * together, however many there are; within it the organizations have their pieces of work one after the other.
 */
export class BatchDesk {
  readonly #options: BatchDeskOptions;
  readonly #places = new Shares(halfOf(LIMITS.batchesOpen));
  readonly #work = new FairQueue<() => void>({
    places: Infinity,
    share: Infinity,
    running: Infinity,
    onDisplaced: () => {},
  });
  /** This turn's slice is taken. */
  #isTurnOver = false;

  constructor(options: BatchDeskOptions) {
    this.#options = options;
  }

  /** @returns whether there is a place for a batch of the organization, to be left in the end */
  enter(orgId: string): boolean {
    return this.#places.take(orgId);
  }

  leave(orgId: string): void {
    this.#places.give(orgId);
  }

  /** Has a piece of work done: at once, if there is time in this turn. */
  begin(orgId: string, work: () => void): void {
    this.#work.add(orgId, work);
    if (!this.#isTurnOver) this.#slice();
  }

  /** Has a piece of work done after this call. */
  add(orgId: string, work: () => void): void {
    this.#work.add(orgId, work);
    if (!this.#isTurnOver) this.#endTurn();
  }

  #slice(): void {
    this.#endTurn();
    const { clock } = this.#options;
    const end = clock.now() + LIMITS.batchSlice;
    do {
      const next = this.#work.take();
      if (next === undefined) return;
      this.#work.finish(next.tenantId);
      next.work();
    } while (clock.now() < end);
  }

  #endTurn(): void {
    this.#isTurnOver = true;
    this.#options.afterTurn(() => {
      this.#isTurnOver = false;
      if (!this.#work.isEmpty) this.#slice();
    });
  }
}
