import type { Integer } from '../values/integer.js';
import { isCharacter, REPLACEMENT } from '../values/utf8.js';
import { pad, padWithSpaces } from './pad.js';
import { isPrintable, quoteRune } from './quote.js';
import type { Spec } from './spec.js';

export type IntegerForm = 'b' | 'c' | 'd' | 'o' | 'O' | 'q' | 'U' | 'v' | 'x' | 'X';

const BASES = { b: 2, d: 10, o: 8, O: 8, v: 10, x: 16, X: 16 } as const;

export function formatInteger(integer: Integer, form: IntegerForm, spec: Spec): string {
  switch (form) {
    case 'c':
      return pad(String.fromCodePoint(characterOf(integer)), spec);
    case 'q':
      return pad(quoteRune(characterOf(integer), spec.plus), spec);
    case 'U':
      return padWithSpaces(unicodeForm(integer, spec), spec);
    case 'v':
      if (spec.asSource && integer.integerType === 'uint8')
        return digitsForm(integer, 'x', { ...spec, sharp: true });
      return digitsForm(integer, 'd', spec);
    case 'b':
    case 'd':
    case 'o':
    case 'O':
    case 'x':
    case 'X':
      return digitsForm(integer, form, spec);
  }
}

function characterOf({ asNumber: value }: Integer): number {
  return isCharacter(value) ? value : REPLACEMENT;
}

/** U+0041, with the sharp flag also the character: U+0041 'A' */
function unicodeForm({ asBigint: value }: Integer, spec: Spec): string {
  const unsigned = BigInt.asUintN(64, value);
  const digits = unsigned.toString(16).toUpperCase();
  const number = `U+${digits.padStart(Math.max(spec.precision ?? 0, 4), '0')}`;
  const point = unsigned <= 0x10ffffn ? Number(unsigned) : -1;
  const isShown = spec.sharp && isCharacter(point) && isPrintable(point);
  return isShown ? `${number} '${String.fromCodePoint(point)}'` : number;
}

function digitsForm(integer: Integer, form: keyof typeof BASES, spec: Spec): string {
  const value = integer.asNumber;
  // A zero without room for a digit leaves only the padding.
  if (spec.precision === 0 && value === 0) return padWithSpaces('', spec);
  const sign = value < 0 ? '-' : spec.plus ? '+' : spec.space ? ' ' : '';
  let digits = integer.digits(BASES[form]).padStart(leastDigits(sign, spec), '0');
  if (form === 'X') digits = digits.toUpperCase();
  return padWithSpaces(sign + prefixOf(form, digits, spec) + digits, spec);
}

/** Zeros come from a precision, or else from the zero flag and the width. */
function leastDigits(sign: string, spec: Spec): number {
  if (spec.precision !== undefined) return spec.precision;
  if (!spec.zero || spec.minus || spec.width === undefined) return 0;
  return spec.width - sign.length;
}

function prefixOf(form: keyof typeof BASES, digits: string, spec: Spec): string {
  if (form === 'O') return spec.sharp && !digits.startsWith('0') ? '0o0' : '0o';
  if (!spec.sharp) return '';
  switch (form) {
    case 'b':
      return '0b';
    case 'o':
      return digits.startsWith('0') ? '' : '0';
    case 'x':
      return '0x';
    case 'X':
      return '0X';
    case 'd':
    case 'v':
      return '';
  }
}
