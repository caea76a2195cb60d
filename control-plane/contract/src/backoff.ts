/**
 * Delays between tries, in milliseconds: they double from `first` up to `longest`, and each is drawn
 * from its upper half, so that many who lost the same thing do not come back in step.
 */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  readonly #random: () => number;
  #next: number;

  /** @param random from 0 up to 1, as Math.random gives */
  constructor(first: number, longest: number, random: () => number) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
    this.#next = first;
  }

  next(): number {
    const delay = this.#next * (0.5 + this.#random() / 2);
    this.#next = Math.min(this.#next * 2, this.#longest);
    return delay;
  }

  reset(): void {
    this.#next = this.#first;
  }
}
