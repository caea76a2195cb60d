/**
 * Moves each run of changed lines to where GNU diff shows it, when it could as well stand elsewhere
 * (because the line before it equals its last one, or the line after it its first): joined with all runs
 * that it meets on its way, as low as it goes, or level with the lowest run of the other side that it can
 * be level with.
 *
 * `changed` and `otherChanged` hold one byte a line, 1 for a changed one; `changed` is written. Both sides
 * have equally many unchanged lines.
 */
export function slideRuns(lines: Int32Array, changed: Uint8Array, otherChanged: Uint8Array): void {
  const otherHasRun = gapsWithRuns(otherChanged);
  let gap = 0;
  for (let at = 0; at < lines.length; ) {
    if (changed[at] === 0) {
      at += 1;
      gap += 1;
      continue;
    }
    const run = new Run(lines, changed, at, gap);
    const highest = run.joinReachable();
    let level = run.gap;
    while (level >= highest && otherHasRun[level] === 0) level -= 1;
    if (level >= highest) {
      while (run.gap > level) run.moveUp();
    }
    at = run.end;
    gap = run.gap;
  }
}

/** A run of changed lines, which keeps `changed` up to date as it moves. */
class Run {
  /** How many unchanged lines stand before it. */
  gap: number;
  end: number;
  #start: number;
  readonly #lines: Int32Array;
  readonly #changed: Uint8Array;

  constructor(lines: Int32Array, changed: Uint8Array, start: number, gap: number) {
    this.gap = gap;
    this.#start = start;
    this.#lines = lines;
    this.#changed = changed;
    this.end = start;
    this.#joinNeighbours();
  }

  /** Leaves it as low as it goes, and answers the gap where it was as high as it goes. */
  joinReachable(): number {
    for (;;) {
      const length = this.end - this.#start;
      while (this.moveUp()) this.#joinNeighbours();
      const highest = this.gap;
      while (this.#moveDown()) this.#joinNeighbours();
      // A longer run may go where the shorter one could not.
      if (this.end - this.#start === length) return highest;
    }
  }

  moveUp(): boolean {
    if (this.#start === 0 || this.#lines[this.#start - 1] !== this.#lines[this.end - 1]) return false;
    this.#start -= 1;
    this.end -= 1;
    this.#changed[this.#start] = 1;
    this.#changed[this.end] = 0;
    this.gap -= 1;
    return true;
  }

  #moveDown(): boolean {
    if (this.end === this.#lines.length || this.#lines[this.#start] !== this.#lines[this.end]) return false;
    this.#changed[this.#start] = 0;
    this.#changed[this.end] = 1;
    this.#start += 1;
    this.end += 1;
    this.gap += 1;
    return true;
  }

  #joinNeighbours(): void {
    while (this.#start > 0 && this.#changed[this.#start - 1] === 1) this.#start -= 1;
    while (this.#changed[this.end] === 1) this.end += 1;
  }
}

/** By how many unchanged lines stand before: 1 where there is a run. */
function gapsWithRuns(changed: Uint8Array): Uint8Array {
  const gaps = new Uint8Array(changed.length + 1);
  let gap = 0;
  for (const mark of changed) {
    if (mark === 1) gaps[gap] = 1;
    else gap += 1;
  }
  return gaps;
}
