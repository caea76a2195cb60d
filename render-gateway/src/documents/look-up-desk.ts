/** Called with whether the document's state is known now; false: the feed cannot tell. */
type Waiter = (known: boolean) => void;

/** Questions of a worker thread to the primary: one per document key, whoever asks meanwhile. */
export class LookUpDesk {
  readonly #ask: (key: string) => void;
  readonly #waiting = new Map<string, Waiter[]>();

  /** @param ask sends the question; its answer comes back through {@link settle} */
  constructor(ask: (key: string) => void) {
    this.#ask = ask;
  }

  wait(key: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(key);
    if (waiters !== undefined) {
      waiters.push(waiter);
      return;
    }
    this.#waiting.set(key, [waiter]);
    this.#ask(key);
  }

  awaits(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** The state of the document is in the cache, or cannot be had. */
  settle(key: string, known: boolean): void {
    const waiters = this.#waiting.get(key);
    if (waiters === undefined) return;
    this.#waiting.delete(key);
    for (const waiter of waiters) waiter(known);
  }
}
