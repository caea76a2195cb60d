import { Scalar } from './scalar.js';

type IntegerType = 'int' | 'uint8';

/**
 * An integer of Go: a literal, a length, an index, a byte of a string. Numbers in JSON data are no
 * integers, whatever they look like: Go decodes them to float64, JavaScript to number.
 */
export class Integer extends Scalar {
  readonly integerType: IntegerType;
  /** The value, if it is a safe integer; else the nearest float64. */
  readonly asNumber: number;
  /** Only of values that are no safe integers. */
  private readonly exactValue: bigint | undefined;

  /** @param value a safe integer, or any of 64 bits */
  constructor(integerType: IntegerType, value: number | bigint) {
    super();
    this.integerType = integerType;
    this.asNumber = Number(value);
    this.exactValue = typeof value === 'bigint' && !Number.isSafeInteger(this.asNumber) ? value : undefined;
  }

  get asBigint(): bigint {
    return this.exactValue ?? BigInt(this.asNumber);
  }

  /** In decimal. */
  get asText(): string {
    return String(this.exactValue ?? this.asNumber);
  }

  /** @returns the digits of the value without its sign */
  digits(base: number): string {
    const exact = this.exactValue;
    if (exact === undefined) return Math.abs(this.asNumber).toString(base);
    return (exact < 0n ? -exact : exact).toString(base);
  }

  override isNonZero(): boolean {
    return this.asNumber !== 0;
  }

  /** @returns a number below, at or above 0 */
  compareTo(other: Integer): number {
    // Only two large ones can have the same nearest float64 and yet differ.
    if (this.exactValue === undefined || other.exactValue === undefined) {
      return this.asNumber - other.asNumber;
    }
    return this.exactValue < other.exactValue ? -1 : this.exactValue > other.exactValue ? 1 : 0;
  }
}

/** Loop indexes and lengths are mostly small: a range over a list then makes no new objects. */
const SMALL_INTS: readonly Integer[] = Array.from({ length: 1024 }, (_, i) => new Integer('int', i));
const BYTES: readonly Integer[] = Array.from({ length: 256 }, (_, i) => new Integer('uint8', i));

/** @param value a safe integer */
export function intOf(value: number): Integer {
  return SMALL_INTS[value] ?? new Integer('int', value);
}

/** @param byte from 0 to 255 */
export function byteOf(byte: number): Integer {
  return BYTES[byte] ?? new Integer('uint8', byte);
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

export const isInt64 = (value: bigint): boolean => value >= MIN_INT && value <= MAX_INT;
export const isUint64 = (value: bigint): boolean => value >= 0n && value <= MAX_UINT;
