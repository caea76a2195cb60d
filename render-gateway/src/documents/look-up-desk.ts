import { halfOf, Shares } from '../fairness/shares.js';
import { LIMITS } from '../limits.js';
import { WaitingBudget } from './waiting-budget.js';

interface Waiter {
  readonly tenantId: string;
  /** Called with whether the document's state is known now; false: the feed cannot tell. */
  readonly tell: (known: boolean) => void;
}

interface Awaited {
  /** Who asked for it first. */
  readonly tenantId: string;
  readonly waiters: Waiter[];
}

export interface LookUpDeskOptions {
  /** Sends a question; its answers come back through {@link LookUpDesk.settle}. */
  readonly ask: (keys: readonly string[]) => void;
  /** Runs something when the messages and requests at hand are dealt with. */
  readonly afterTurn: (work: () => void) => void;
  /** How to stand still until an answer is there; undefined where there is no standing still now. */
  readonly standStill: () => ((done: () => boolean, milliseconds: number) => void) | undefined;
  /** Milliseconds, with fractions. */
  readonly clock: { now(): number };
}

/**
 * Questions of a worker thread to the primary: one per document key, whoever asks meanwhile, and those
 * of a turn in one message. The first tries are waited for in place, so that pipelined requests are
 * answered in their order; see {@link LIMITS.lookUpWaitShare}. No tenant has more than half of what may wait.
 */
export class LookUpDesk {
  readonly #options: LookUpDeskOptions;
  readonly #budget: WaitingBudget;
  readonly #awaited = new Map<string, Awaited>();
  readonly #documents = new Shares(halfOf(LIMITS.documentsAwaited));
  readonly #requests = new Shares(halfOf(LIMITS.requestsWaiting));
  /** Keys that are to be asked for at the end of the turn. */
  #unasked: string[] = [];

  constructor(options: LookUpDeskOptions) {
    this.#options = options;
    this.#budget = new WaitingBudget(options.clock);
  }

  /**
   * Waits in place for a document, if there is time to.
   * @param tenantId who needs it; as long as that is not known, all are one
   * @returns whether its state is known now (false: the feed cannot tell); undefined when it is not there yet
   */
  waitInPlace(key: string, tenantId: string): boolean | undefined {
    const { clock, standStill } = this.#options;
    const stand = standStill();
    const time = stand === undefined ? 0 : this.#budget.available();
    if (stand === undefined || time === 0) return undefined;
    let answer: boolean | undefined;
    const waiter: Waiter = {
      tenantId,
      tell: (known) => {
        answer = known;
      },
    };
    if (!this.#add(key, waiter)) return false;
    this.#ask();
    const started = clock.now();
    stand(() => answer !== undefined, time);
    this.#budget.spend(clock.now() - started);
    if (answer === undefined) this.#remove(key, waiter);
    return answer;
  }

  /**
   * Tells when the answer is there, after this call; otherwise as {@link waitInPlace}.
   * @returns whether it will; false: too many wait already
   */
  wait(key: string, tenantId: string, tell: (known: boolean) => void): boolean {
    return this.#add(key, { tenantId, tell });
  }

  awaits(key: string): boolean {
    return this.#awaited.has(key);
  }

  /** The state of the document is in the cache, or cannot be had. */
  settle(key: string, known: boolean): void {
    const awaited = this.#awaited.get(key);
    if (awaited === undefined) return;
    this.#awaited.delete(key);
    this.#documents.give(awaited.tenantId);
    for (const { tenantId } of awaited.waiters) this.#requests.give(tenantId);
    for (const { tell } of awaited.waiters) tell(known);
  }

  #add(key: string, waiter: Waiter): boolean {
    const { tenantId } = waiter;
    const awaited = this.#awaited.get(key);
    if (!this.#requests.take(tenantId)) return false;
    if (awaited !== undefined) {
      awaited.waiters.push(waiter);
      return true;
    }
    if (!this.#documents.take(tenantId)) {
      this.#requests.give(tenantId);
      return false;
    }
    this.#awaited.set(key, { tenantId, waiters: [waiter] });
    if (this.#unasked.length === 0) this.#options.afterTurn(() => this.#ask());
    this.#unasked.push(key);
    return true;
  }

  /** The question stays: somebody waits for its answer in a moment, or another request will want it. */
  #remove(key: string, waiter: Waiter): void {
    const waiters = this.#awaited.get(key)?.waiters ?? [];
    waiters.splice(waiters.indexOf(waiter), 1);
    this.#requests.give(waiter.tenantId);
  }

  #ask(): void {
    if (this.#unasked.length === 0) return;
    const keys = this.#unasked;
    this.#unasked = [];
    this.#options.ask(keys);
  }
}
