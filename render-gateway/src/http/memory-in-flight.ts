/**
 * What a thread holds for clients that are slow, in bytes: bodies that arrive in pieces, and answers
 * that their readers have not taken yet.
 */
export class MemoryInFlight {
  readonly #most: number;
  readonly #makeRoom: () => boolean;
  #held = 0;

  /**
   * @param most that may be held at once
   * @param makeRoom has something given back, if it can; false: it cannot
   */
  constructor(most: number, makeRoom: () => boolean) {
    this.#most = most;
    this.#makeRoom = makeRoom;
  }

  get held(): number {
    return this.#held;
  }

  /** @returns whether there was room for that much more; if not, nothing was taken */
  take(bytes: number): boolean {
    if (bytes > this.#most) return false;
    while (this.#held + bytes > this.#most) {
      if (!this.#makeRoom()) return false;
    }
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
