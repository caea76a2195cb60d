import { LIMITS } from '../limits.js';
import { WaitingBudget } from './waiting-budget.js';

/** Called with whether the document's state is known now; false: the feed cannot tell. */
type Waiter = (known: boolean) => void;

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
 * answered in their order; see {@link LIMITS.lookUpWaitShare}.
 */
export class LookUpDesk {
  readonly #options: LookUpDeskOptions;
  readonly #budget: WaitingBudget;
  readonly #waiting = new Map<string, Waiter[]>();
  #requests = 0;
  /** Keys that are to be asked for at the end of the turn. */
  #unasked: string[] = [];

  constructor(options: LookUpDeskOptions) {
    this.#options = options;
    this.#budget = new WaitingBudget(options.clock);
  }

  /**
   * Waits in place for a document, if there is time to.
   * @returns whether its state is known now (false: the feed cannot tell); undefined when it is not there yet
   */
  waitInPlace(key: string): boolean | undefined {
    const { clock, standStill } = this.#options;
    const stand = standStill();
    const time = stand === undefined ? 0 : this.#budget.available();
    if (stand === undefined || time === 0) return undefined;
    let answer: boolean | undefined;
    const isWaiting = this.wait(key, (known) => {
      answer = known;
    });
    if (!isWaiting) return false;
    this.#ask();
    const started = clock.now();
    stand(() => answer !== undefined, time);
    this.#budget.spend(clock.now() - started);
    return answer;
  }

  /**
   * Tells the waiter when the answer is there, after this call.
   * @returns whether it will; false: too many wait already
   */
  wait(key: string, waiter: Waiter): boolean {
    const waiters = this.#waiting.get(key);
    const isTooMuch =
      this.#requests >= LIMITS.requestsWaiting ||
      (waiters === undefined && this.#waiting.size >= LIMITS.documentsAwaited);
    if (isTooMuch) return false;
    this.#requests += 1;
    if (waiters !== undefined) {
      waiters.push(waiter);
      return true;
    }
    this.#waiting.set(key, [waiter]);
    if (this.#unasked.length === 0) this.#options.afterTurn(() => this.#ask());
    this.#unasked.push(key);
    return true;
  }

  awaits(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** The state of the document is in the cache, or cannot be had. */
  settle(key: string, known: boolean): void {
    const waiters = this.#waiting.get(key);
    if (waiters === undefined) return;
    this.#waiting.delete(key);
    this.#requests -= waiters.length;
    for (const waiter of waiters) waiter(known);
  }

  #ask(): void {
    if (this.#unasked.length === 0) return;
    const keys = this.#unasked;
    this.#unasked = [];
    this.#options.ask(keys);
  }
}
