import { SeededRandom } from '../seeded-random.js';
import type { Tally } from './tally.js';
import { VirtualTime } from './virtual-time.js';

/** How rough it is. Probabilities from 0 to 1, times in milliseconds. */
export interface Weather {
  /** Of a call, that something other than an answer comes of it. */
  readonly callTrouble: number;
  /** Of a message of the bell, that something other than its arrival comes of it. */
  readonly bellTrouble: number;
  /** The longest time that a call, an answer or a message takes as a rule. */
  readonly latency: number;
}

export const CALM: Weather = { callTrouble: 0, bellTrouble: 0, latency: 4 };

/** Something that must never be was seen. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** What all parts of one history share. */
export class World {
  readonly time = new VirtualTime();
  readonly random: SeededRandom;
  readonly tally: Tally;
  weather: Weather = CALM;
  /** The first thing seen that must never be. */
  violation: Violation | undefined;
  readonly #lines: string[] | undefined;

  /** @param trace whether what happens is written down */
  constructor(seed: number, tally: Tally, trace: boolean) {
    this.random = new SeededRandom(seed);
    this.tally = tally;
    this.#lines = trace ? [] : undefined;
  }

  get isTraced(): boolean {
    return this.#lines !== undefined;
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Writes down what happens, if anybody wants to read it. */
  note(words: () => string): void {
    this.#lines?.push(`${this.time.elapsed.toFixed(1).padStart(8)}  ${words()}`);
  }

  violate(words: string): void {
    if (this.violation !== undefined) return;
    this.violation = new Violation(`after ${this.time.elapsed.toFixed(1)} ms: ${words}`);
    this.note(() => `VIOLATION: ${words}`);
  }

  /** How long something takes on its way. */
  delay(): number {
    return this.random.between(0, this.weather.latency);
  }
}
