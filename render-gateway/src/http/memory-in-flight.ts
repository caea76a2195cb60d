/**
 * What a thread holds for clients that are slow, in bytes: bodies that arrive in pieces, and answers
 * that their readers have not taken yet.
 */
export class MemoryInFlight {
  readonly #most: number;
  #held = 0;

  /** @param most that may be held at once */
  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** @returns whether there was room for that much more; if not, nothing was taken */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
