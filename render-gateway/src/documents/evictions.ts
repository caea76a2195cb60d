/**
 * Gathers the keys that the primary's store lets go of. They are told a moment later, many at once: so
 * the answer to a look-up that was on its way to a thread gets there first, and is let go of too.
 */
export class Evictions {
  readonly #tell: (keys: readonly string[]) => void;
  readonly #soon: (run: () => void) => void;
  #keys: string[] = [];

  /** @param soon runs something once what is being done now is done */
  constructor(tell: (keys: readonly string[]) => void, soon: (run: () => void) => void = setImmediate) {
    this.#tell = tell;
    this.#soon = soon;
  }

  add(key: string): void {
    if (this.#keys.length === 0) this.#soon(() => this.#flush());
    this.#keys.push(key);
  }

  #flush(): void {
    const keys = this.#keys;
    this.#keys = [];
    this.#tell(keys);
  }
}
