/** The digits of a number that is not negative: 0.d₁d₂d₃… × 10^point, no zero at either end. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/** @returns the fewest digits that read back as the same float64 */
export function shortestDecimal(value: number): Decimal {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return normalize(mantissa.replace('.', ''), Number(exponent) + 1);
}

/** @returns all digits of a float64 */
export function exactDecimal(value: number): Decimal {
  const { mantissa, exponent } = decompose(value);
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString();
    return normalize(digits, digits.length);
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString();
  return normalize(digits, digits.length + exponent);
}

/** Rounds to so many digits, a tie to the even one. */
export function roundDecimal({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point };
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const first = digits.charCodeAt(count) - 0x30;
  const isTie = first === 5 && digits.length === count + 1;
  const lastIsOdd = count > 0 && digits.charCodeAt(count - 1) % 2 === 1;
  if (first < 5 || (isTie && !lastIsOdd)) return normalize(kept, point);
  const up = (BigInt(kept || '0') + 1n).toString().padStart(count, '0');
  return normalize(up, point + (up.length - count));
}

/** @returns integers such that the value is mantissa × 2^exponent */
export function decompose(value: number): { mantissa: bigint; exponent: number } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const all = bits.getBigUint64(0);
  const biased = Number((all >> 52n) & 0x7ffn);
  const fraction = all & ((1n << 52n) - 1n);
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function normalize(digits: string, point: number): Decimal {
  const start = digits.search(/[1-9]/);
  if (start < 0) return { digits: '', point: 0 };
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 0x30) end--;
  return { digits: digits.slice(start, end), point: point - start };
}
