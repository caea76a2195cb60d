import { type Refusal, refusal } from '../errors.js';
import { halfOf, Shares } from '../fairness/shares.js';
import { LIMITS } from '../limits.js';
import type { OrderTaker, PoolOutcome, RenderOrder } from '../render/pool-order.js';

export interface PoolDeskOptions {
  /** Of the pool: what may wait and run there. */
  readonly places: number;
  /** Sends an order; its outcome comes back through {@link PoolDesk.settle}. */
  readonly send: (id: number, order: RenderOrder) => void;
}

/**
 * A worker thread's side of the pool. It sends no more of an organization than that may have there, and of all
 * together more than there are places: the pool chooses which of them have one.
 */
export class PoolDesk implements OrderTaker {
  readonly #options: PoolDeskOptions;
  readonly #waiting = new Map<number, (outcome: PoolOutcome) => void>();
  readonly #shares: Shares;
  #orders = 0;

  constructor(options: PoolDeskOptions) {
    this.#options = options;
    const { places, share } = halfOf(options.places);
    this.#shares = new Shares({ places: places * LIMITS.poolOverbooking, share });
  }

  /**
   * Has something rendered.
   * @returns a refusal if there is no room for it; otherwise `later` is told the outcome, after this call
   */
  render(
    order: RenderOrder,
    later: (outcome: PoolOutcome) => void,
  ): { readonly outcome: Refusal } | undefined {
    if (!this.#shares.take(order.orgId)) return { outcome: refusal.unavailable };
    this.#orders += 1;
    this.#waiting.set(this.#orders, (outcome) => {
      this.#shares.give(order.orgId);
      later(outcome);
    });
    this.#options.send(this.#orders, order);
    return undefined;
  }

  settle(id: number, outcome: PoolOutcome): void {
    const later = this.#waiting.get(id);
    this.#waiting.delete(id);
    later?.(outcome);
  }
}
