import { type Decimal, decompose, exactDecimal, roundDecimal, shortestDecimal } from './decimal.js';
import { pad } from './pad.js';
import type { Spec } from './spec.js';

/** Below this power of ten, and from the other on, `%v` and `%g` write an exponent. */
const MIN_PLAIN_EXPONENT = -4;
/** Without a precision; a precision moves it. */
const EXPONENT_LIMIT = 6;

export type FloatForm = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** By hundredths. */
const FRACTIONS: readonly string[] = Array.from({ length: 100 }, (_, i) => String(i / 100).slice(1));

/** @returns a float64 as `print` shows it: `1e+06`, `0.5`, `-0` */
export function printFloat(value: number): string {
  if (value > 0 && value < 1e6) {
    const whole = Math.floor(value);
    if (whole === value) return `${whole}`;
    // Prices and their like. The quotient is rounded correctly, so that it is equal only if the value is
    // the float64 next to the decimal. JavaScript's own way takes five times as long for what it has not
    // in its cache (`npm run bench -- engine`, loop and tables).
    const hundredths = Math.round(value * 100);
    if (hundredths / 100 === value) return `${whole}${FRACTIONS[hundredths - whole * 100]}`;
  }
  const magnitude = Math.abs(value);
  // Between Go's exponents JavaScript writes the same digits.
  if (magnitude >= 1e-4 && magnitude < 1e6) return `${value}`;
  if (magnitude === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return beyond(value);
  return (value < 0 ? '-' : '') + generalForm(shortestDecimal(magnitude), undefined, 'e');
}

/** What no JSON of Go holds; JavaScript reads a number too large for a float64 as an infinite one. */
function beyond(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value < 0 ? '-Inf' : '+Inf';
}

/** @param precision undefined: as many digits as the value needs */
export function formatFloat(
  value: number,
  form: FloatForm,
  precision: number | undefined,
  spec: Spec,
): string {
  if (!Number.isFinite(value)) return pad(beyond(value), { ...spec, zero: false });
  const isNegative = value < 0 || Object.is(value, -0);
  const digits = magnitudeForm(Math.abs(value), form, precision);
  const number = spec.sharp && form !== 'b' ? withPoint(digits, form, precision) : digits;
  const sign = isNegative ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  if (sign !== '' && spec.zero && !spec.minus && spec.width !== undefined && spec.width > number.length + 1) {
    return sign + number.padStart(spec.width - 1, '0');
  }
  return pad(sign + number, spec);
}

/** Costs of the slower ways to show a float64, in characters made; measured. */
const COST = { form: 16, bits: 160, exact: 96, withPoint: 32 } as const;

/** @returns what it costs to show a float64 in a form, beside what the text costs; in characters */
export function costOfFloat(
  value: number,
  form: FloatForm,
  precision: number | undefined,
  { sharp }: Spec,
): number {
  const extra = sharp ? COST.withPoint : 0;
  if (form === 'b' || form === 'x' || form === 'X') return extra + COST.bits;
  if (precision === undefined || (form === 'f' && isForToFixed(Math.abs(value), precision))) {
    return extra + COST.form;
  }
  // All of its digits are found: as many as its exponent is large, in base 2.
  const exponent = value === 0 || !Number.isFinite(value) ? 0 : Math.abs(Math.log2(Math.abs(value)));
  return extra + COST.exact + exponent;
}

function magnitudeForm(value: number, form: FloatForm, precision: number | undefined): string {
  switch (form) {
    case 'b':
      return binaryForm(value);
    case 'x':
    case 'X':
      return hexForm(value, precision, form);
    case 'e':
    case 'E': {
      const all = precision === undefined ? shortestDecimal(value) : exactDecimal(value);
      const decimal = precision === undefined ? all : roundDecimal(all, precision + 1);
      return exponentForm(decimal, precision ?? Math.max(decimal.digits.length - 1, 0), form);
    }
    case 'f':
      return fixedForm(value, precision);
    case 'g':
    case 'G': {
      const mark = form === 'g' ? 'e' : 'E';
      if (precision === undefined) return generalForm(shortestDecimal(value), undefined, mark);
      const significant = Math.max(precision, 1);
      return generalForm(roundDecimal(exactDecimal(value), significant), significant, mark);
    }
  }
}

function fixedForm(value: number, precision: number | undefined): string {
  if (precision === undefined) {
    const shortest = shortestDecimal(value);
    return pointForm(shortest, Math.max(shortest.digits.length - shortest.point, 0));
  }
  if (isForToFixed(value, precision)) return value.toFixed(precision);
  const exact = exactDecimal(value);
  return pointForm(roundDecimal(exact, exact.point + precision), precision);
}

/** toFixed rounds right except on ties, and a tie at this digit has precision + 1 binary places. */
function isForToFixed(value: number, precision: number): boolean {
  const isTie = Number.isInteger(value * 2 ** (precision + 1)) && !Number.isInteger(value * 2 ** precision);
  return value < 1e21 && precision <= 100 && !isTie;
}

function generalForm(decimal: Decimal, precision: number | undefined, mark: string): string {
  const { digits, point } = decimal;
  const exponent = point - 1;
  const exponentLimit =
    precision === undefined
      ? EXPONENT_LIMIT
      : precision > digits.length && digits.length >= point
        ? digits.length
        : precision;
  if (exponent < MIN_PLAIN_EXPONENT || exponent >= exponentLimit) {
    return exponentForm(decimal, Math.max(digits.length - 1, 0), mark);
  }
  return pointForm(decimal, Math.max(digits.length - point, 0));
}

/** d.ddde±dd */
function exponentForm({ digits, point }: Decimal, precision: number, mark: string): string {
  const fraction = precision > 0 ? `.${digits.slice(1, precision + 1).padEnd(precision, '0')}` : '';
  const exponent = digits === '' ? 0 : point - 1;
  const sign = exponent < 0 ? '-' : '+';
  return `${digits[0] ?? '0'}${fraction}${mark}${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** ddd.ddd */
function pointForm({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision === 0) return whole;
  const fraction = '0'.repeat(Math.min(Math.max(-point, 0), precision)) + digits.slice(Math.max(point, 0));
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`;
}

/** mantissa p exponent, both decimal: the value is mantissa × 2^exponent */
function binaryForm(value: number): string {
  const { mantissa, exponent } = decompose(value);
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`;
}

/** Of a float64, behind the point of its mantissa. */
const FLOAT64_FRACTION_BITS = 52;
/** Of the mantissa that hexForm works with, as Go's does: 15 digits in base 16. */
const FRACTION_BITS = 60;
const FRACTION_DIGITS = FRACTION_BITS / 4;
const ONE = 1n << BigInt(FRACTION_BITS);

/** 0x1.hhhp±dd */
function hexForm(value: number, precision: number | undefined, form: 'x' | 'X'): string {
  let { mantissa, exponent } = decompose(value);
  exponent += FLOAT64_FRACTION_BITS;
  mantissa <<= BigInt(FRACTION_BITS - FLOAT64_FRACTION_BITS);
  while (mantissa !== 0n && mantissa < ONE) {
    mantissa <<= 1n;
    exponent--;
  }
  if (mantissa === 0n) exponent = 0;
  if (precision !== undefined && precision < FRACTION_DIGITS) {
    const dropped = BigInt(FRACTION_BITS - 4 * precision);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && mantissa & 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >= 2n * ONE) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const hex = (mantissa % ONE).toString(16).padStart(FRACTION_DIGITS, '0');
  const digits =
    precision === undefined ? hex.replace(/0+$/, '') : hex.slice(0, precision).padEnd(precision, '0');
  const sign = exponent < 0 ? '-' : '+';
  const text = `0x${mantissa / ONE}${digits === '' ? '' : `.${digits}`}p${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  return form === 'X' ? text.toUpperCase() : text;
}

/** The sharp flag: always a decimal point, and for `%g` the trailing zeros that it would drop. */
function withPoint(number: string, form: FloatForm, precision: number | undefined): string {
  const tailStart = number.search(form === 'x' || form === 'X' ? /[pP]/ : /[eE]/);
  const body = tailStart < 0 ? number : number.slice(0, tailStart);
  const tail = tailStart < 0 ? '' : number.slice(tailStart);
  const keepsZeros = form === 'g' || form === 'G' || form === 'x';
  let missing = keepsZeros ? (precision ?? 6) : 0;
  const significant = body
    .replace('.', '')
    .replace(/^0[xX]/, 'x')
    .replace(/^0+/, '');
  missing -= significant.length;
  const hasPoint = body.includes('.');
  if (!hasPoint && body === '0') missing--;
  return `${body}${hasPoint ? '' : '.'}${'0'.repeat(Math.max(missing, 0))}${tail}`;
}
