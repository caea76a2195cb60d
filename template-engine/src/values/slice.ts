import type { JsonValue } from '../json.js';

/** A cut of a list: like Go's slices it shares the list's memory, and can be cut larger again. */
interface Cut {
  readonly list: readonly JsonValue[];
  readonly start: number;
  readonly capacity: number;
}

/** Lists that were cut from others. Data are not among them. */
const cuts = new WeakMap<readonly JsonValue[], Cut>();

/** @returns how long the list could be cut: Go's cap */
export function capacityOf(list: readonly JsonValue[]): number {
  return cuts.get(list)?.capacity ?? decodedCapacity(list.length);
}

/** @returns list[start:end:capacity]; all three within the list's capacity, in ascending order */
export function cut(
  list: readonly JsonValue[],
  start: number,
  end: number,
  capacity: number,
): readonly JsonValue[] {
  const whole = cuts.get(list) ?? { list, start: 0, capacity: 0 };
  const from = whole.start + start;
  const part: JsonValue[] = whole.list.slice(from, whole.start + end);
  // Beyond the end of the data the memory is empty.
  while (part.length < end - start) part.push(null);
  cuts.set(part, { list: whole.list, start: from, capacity: capacity - start });
  return part;
}

/** The capacities that append gives a growing slice of interfaces in Go 1.26, on 64 bits. */
const SMALL_CAPACITIES: readonly number[] = [
  0, 1, 2, 4, 8, 16, 32, 71, 143, 303, 591, 1023, 1535, 2560, 3584,
];

/** From here on append adds a quarter and 192, and rounds up to whole pages of memory. */
const PAGE = 8192 / 16;

/** @returns the capacity of the slice into which Go's encoding/json decodes a list of that length */
function decodedCapacity(length: number): number {
  for (const capacity of SMALL_CAPACITIES) if (length <= capacity) return capacity;
  let capacity = SMALL_CAPACITIES.at(-1) ?? 0;
  while (capacity < length) capacity = roundedUp(capacity + Math.floor((capacity + 3 * 256) / 4), PAGE);
  return capacity;
}

const roundedUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;
