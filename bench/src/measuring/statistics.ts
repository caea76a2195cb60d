/** What was seen of one thing over all rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @returns the value below which the given share of the values lies, between neighbours in proportion */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** @returns the median, and the quartiles around it */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** What was seen of one figure over all rounds. */
export interface Range {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values at least one */
export function rangeOf(values: readonly number[]): Range {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** @returns such as `12.3 (11.9 to 14.0)` */
export function rangeText({ median, min, max }: Range, digits = 0): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
}
