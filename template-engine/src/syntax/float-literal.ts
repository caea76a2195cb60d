import { quote } from '../format/quote.js';
import type { Literal } from './string-literal.js';

/** Every digit has one place only to match at: a text that is no number must not be tried over and over. */
const DECIMAL =
  /^[+-]?(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const HEX =
  /^([+-]?)0[xX]((?:_?[0-9a-fA-F])*)(?:\.([0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?[pP]([+-]?[0-9](?:_?[0-9])*)$/;

/** The exponent of the last bit of the smallest float64. */
const LEAST_EXPONENT = -1074;
/** Bits from there up in which every float64 has 53 of its own. */
const NORMAL_BITS = 53;
/** Beyond any float64, and yet small enough for shifting. */
const MAX_EXPONENT = 100_000;

/** Go's ParseFloat, with its words for what is wrong. */
export function parseFloat64(text: string): Literal<number> {
  const value = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : parseHex(text);
  if (value === undefined) return { problem: `strconv.ParseFloat: parsing ${quote(text)}: invalid syntax` };
  if (Number.isFinite(value)) return { value };
  return { problem: `strconv.ParseFloat: parsing ${quote(text)}: value out of range` };
}

function parseHex(text: string): number | undefined {
  const match = HEX.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = ''] = match.map((part) => part?.replaceAll('_', ''));
  if (whole + fraction === '') return undefined;
  const bounded = Math.min(Math.max(Number(exponent), -MAX_EXPONENT), MAX_EXPONENT);
  const magnitude = scaled(BigInt(`0x${whole}${fraction}`), bounded - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

/** @returns the float64 nearest to mantissa × 2^exponent, rounded once */
function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const bits = mantissa.toString(2).length;
  const dropped = LEAST_EXPONENT - exponent;
  if (dropped > 0 && bits - dropped < NORMAL_BITS) {
    return dropped > bits ? 0 : Number(dividedByPower(mantissa, dropped)) * 2 ** LEAST_EXPONENT;
  }
  // Two steps, because the power of two alone may lie outside the range of a float64.
  const half = Math.trunc(exponent / 2);
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half);
}

/** Rounds a tie to the even one. */
function dividedByPower(value: bigint, power: number): bigint {
  const quotient = value >> BigInt(power);
  const rest = value - (quotient << BigInt(power));
  const half = 1n << BigInt(power - 1);
  return rest > half || (rest === half && quotient % 2n === 1n) ? quotient + 1n : quotient;
}
