import type { Clock } from '@px0/contract';

/** Milliseconds by which a deadline may be overdue: one timer serves all that end within them. */
const GRAIN = 20;

/** Deadlines that are all equally long, so that the oldest is always the next: one timer for any number. */
export class Deadlines {
  readonly #length: number;
  readonly #clock: Clock;
  /** What to call, and the moment after which; in the order of the moments. */
  readonly #pending = new Map<() => void, number>();
  #timer: unknown;

  /** @param length of each, in milliseconds */
  constructor(length: number, clock: Clock) {
    this.#length = length;
    this.#clock = clock;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Has a function called when the time is over, unless it is let go before. */
  start(onOver: () => void): void {
    this.#pending.set(onOver, this.#clock.now() + this.#length);
    this.#timer ??= this.#clock.setTimeout(() => this.#look(), this.#length);
  }

  letGo(onOver: () => void): void {
    this.#pending.delete(onOver);
  }

  /**
   * Does not wait any longer for the one that has been waited for longest.
   * @param age of which it must be, in milliseconds. @returns whether there was one
   */
  endOldest(age: number): boolean {
    for (const [onOver, moment] of this.#pending) {
      if (moment - this.#length + age > this.#clock.now()) return false;
      this.#pending.delete(onOver);
      onOver();
      return true;
    }
    return false;
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending.clear();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [onOver, moment] of this.#pending) {
      const left = moment - this.#clock.now();
      if (left > 0) {
        this.#timer ??= this.#clock.setTimeout(() => this.#look(), Math.max(left, GRAIN));
        return;
      }
      this.#pending.delete(onOver);
      onOver();
    }
  }
}
