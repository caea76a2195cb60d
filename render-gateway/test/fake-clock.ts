import type { Clock } from '@px0/contract';

/** A clock that stands still until it is told to pass time. */
export class FakeClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** When the next timer is due, in milliseconds from now; undefined if none is set. */
  get next(): number | undefined {
    const [first] = this.#timers;
    return first && first.at - this.#now;
  }

  setTimeout(run: () => void, delay: number): unknown {
    const timer = { at: this.#now + Math.max(0, delay), run };
    this.#timers = [...this.#timers, timer].sort((a, b) => a.at - b.at);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }

  /** Lets time pass, and runs what is due in it, in order. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let [first] = this.#timers; first !== undefined && first.at <= end; [first] = this.#timers) {
      this.clearTimeout(first);
      this.#now = first.at;
      first.run();
    }
    this.#now = end;
  }
}
