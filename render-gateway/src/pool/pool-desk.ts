import { type Refusal, refusal } from '../errors.js';
import type { PoolOutcome, RenderOrder } from './pool-messages.js';

export interface PoolDeskOptions {
  /** Renders of this thread that may be with the pool at once. */
  readonly places: number;
  /** Sends an order; its outcome comes back through {@link PoolDesk.settle}. */
  readonly send: (id: number, order: RenderOrder) => void;
}

/** A worker thread's side of the pool. */
export class PoolDesk {
  readonly #options: PoolDeskOptions;
  readonly #waiting = new Map<number, (outcome: PoolOutcome) => void>();
  #orders = 0;

  constructor(options: PoolDeskOptions) {
    this.#options = options;
  }

  /**
   * Has something rendered.
   * @returns a refusal if there is no room for it; otherwise `later` is told the outcome, after this call
   */
  render(
    order: RenderOrder,
    later: (outcome: PoolOutcome) => void,
  ): { readonly outcome: Refusal } | undefined {
    if (this.#waiting.size >= this.#options.places) return { outcome: refusal.unavailable };
    this.#orders += 1;
    this.#waiting.set(this.#orders, later);
    this.#options.send(this.#orders, order);
    return undefined;
  }

  settle(id: number, outcome: PoolOutcome): void {
    const later = this.#waiting.get(id);
    this.#waiting.delete(id);
    later?.(outcome);
  }
}
