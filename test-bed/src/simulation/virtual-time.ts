import type { Clock } from '@px0/contract';

/** Something that is going to happen; nothing, once it was cancelled. */
export interface Appointment {
  readonly at: number;
  /** Of two at the same time, the one that was made first comes first. */
  readonly order: number;
  run: (() => void) | undefined;
}

/** The time at which every history begins: Unix time in milliseconds. */
const BEGINNING = 1_700_000_000_000;

/**
 * Time that passes only from one appointment to the next. Between two of them all promises settle: so
 * nothing depends on how fast the machine is, and a second takes as long as what happens in it.
 */
export class VirtualTime {
  #now = BEGINNING;
  #orders = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Appointment[] = [];

  /** Milliseconds of Unix time. */
  get now(): number {
    return this.#now;
  }

  /** Milliseconds since the history began. */
  get elapsed(): number {
    return this.#now - BEGINNING;
  }

  after(delay: number, run: () => void): Appointment {
    const appointment: Appointment = { at: this.#now + Math.max(0, delay), order: this.#orders, run };
    this.#orders += 1;
    this.#push(appointment);
    return appointment;
  }

  /** Keeps all appointments up to that time. */
  async passUntil(time: number): Promise<void> {
    await allSettled();
    for (let first = this.#heap[0]; first !== undefined && first.at <= time; first = this.#heap[0]) {
      this.#pop();
      if (first.run === undefined) continue;
      this.#now = first.at;
      first.run();
      await allSettled();
    }
    this.#now = Math.max(this.#now, time);
  }

  /** A clock of this time. @param isAlive asked before a timer goes off */
  clock(isAlive: () => boolean): Clock {
    return {
      now: () => this.#now,
      setTimeout: (run, delay) =>
        this.after(delay, () => {
          if (isAlive()) run();
        }),
      clearTimeout: (handle) => {
        if (handle !== undefined) (handle as Appointment).run = undefined;
      },
    };
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(appointment);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(appointment, above)) break;
      heap[index] = above;
      heap[parent] = appointment;
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (!isBefore(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Appointment, other: Appointment): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** What is queued by process.nextTick in a promise's callback runs once no other promise has one to run. */
function allSettled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
