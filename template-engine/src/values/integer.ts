export type IntegerType = 'int' | 'uint8';

/**
 * An integer of Go: a literal, a length, an index, a byte of a string. Numbers in JSON data are no
 * integers, whatever they look like: Go decodes them to float64, JavaScript to number.
 */
export class Integer {
  readonly type: IntegerType;
  readonly value: bigint;
  /** In decimal. */
  readonly text: string;

  constructor(type: IntegerType, value: bigint) {
    this.type = type;
    this.value = value;
    this.text = value.toString();
  }
}

/** Loop indexes and lengths are mostly small: a range over a list then makes no new objects. */
const SMALL_INTS: readonly Integer[] = Array.from({ length: 1024 }, (_, i) => new Integer('int', BigInt(i)));

/** @param value a safe integer */
export function intOf(value: number): Integer {
  return SMALL_INTS[value] ?? new Integer('int', BigInt(value));
}

/** @param byte from 0 to 255 */
export function byteOf(byte: number): Integer {
  return new Integer('uint8', BigInt(byte));
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

export const isInt64 = (value: bigint): boolean => value >= MIN_INT && value <= MAX_INT;
export const isUint64 = (value: bigint): boolean => value >= 0n && value <= MAX_UINT;
