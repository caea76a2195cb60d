import { quantile } from '../engine/quantile.js';

export { quantile };

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
