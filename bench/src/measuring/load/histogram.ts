/** Microseconds that one count stands for, and how many of them there are: up to two seconds. */
const STEP = 10;
const STEPS = 200_000;

/** Times, counted to the nearest 10 microseconds above: it takes no memory for each, and so no garbage. */
export class Histogram {
  readonly #counts = new Uint32Array(STEPS);
  #total = 0;
  #max = 0;

  /** @param milliseconds what is over two seconds counts as two seconds, except for {@link max} */
  add(milliseconds: number): void {
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor((milliseconds * 1000) / STEP)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  get total(): number {
    return this.#total;
  }

  /** In milliseconds; 0 if nothing was added. */
  get max(): number {
    return this.#max;
  }

  /** @returns milliseconds that the given share of the times does not exceed; NaN if nothing was added */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    const wanted = Math.ceil(this.#total * share);
    let seen = 0;
    for (let step = 0; step < STEPS; step += 1) {
      seen += this.#counts[step] ?? 0;
      if (seen >= wanted) return ((step + 1) * STEP) / 1000;
    }
    return this.#max;
  }
}
