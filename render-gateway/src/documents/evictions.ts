/**
 * Gathers the keys that the primary's store lets go of. They are told a moment later, many at once: so
 * the answer to a look-up that was on its way to a thread gets there first, and is let go of too.
 */
export class Evictions {
  readonly #tell: (keys: readonly string[]) => void;
  #keys: string[] = [];

  constructor(tell: (keys: readonly string[]) => void) {
    this.#tell = tell;
  }

  add(key: string): void {
    if (this.#keys.length === 0) setImmediate(() => this.#flush());
    this.#keys.push(key);
  }

  #flush(): void {
    const keys = this.#keys;
    this.#keys = [];
    this.#tell(keys);
  }
}
