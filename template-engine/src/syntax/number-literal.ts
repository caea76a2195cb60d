import { quote } from '../format/quote.js';
import { Complex } from '../values/complex.js';
import { Integer, intOf, isInt64, isUint64 } from '../values/integer.js';
import { parseFloat64 } from './float-literal.js';
import { type Literal, parseRune } from './string-literal.js';

/**
 * What a number literal stands for: an int, a float64, a complex128, or, in Go's words, something that
 * overflows int, which is an error once it is evaluated.
 */
export type NumberValue = Integer | number | Complex | 'overflow';

/** Most literals, spared the rest; of 15 digits all are safe integers. */
const PLAIN_DECIMAL = /^(?:0|[1-9][0-9]{0,14})$/;
const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])*)|([1-9](?:_?[0-9])*))$/;

/**
 * Reads a number or rune literal.
 *
 *     integer   = [ sign ] ( decimal | "0x" hex | "0b" binary | ( "0o" | "0" ) octal ) .
 *     float     = [ sign ] ( digits [ "." digits ] [ "e" exponent ] | "0x" hex [ "." hex ] "p" exponent ) .
 *     imaginary = float "i" .
 *     complex   = float sign float "i" .
 *
 * Single underscores may stand between digits. A float64 is what is written as one: `1.0`, `1e3`; so
 * are the parts of complex numbers, whatever they look like.
 */
export function parseNumber(text: string): Literal<NumberValue> {
  if (PLAIN_DECIMAL.test(text)) return { value: intOf(Number(text)) };
  if (text.startsWith("'")) {
    const rune = parseRune(text);
    return 'problem' in rune ? rune : { value: intOf(rune.value) };
  }
  if (text.endsWith('i')) return parseComplex(text);
  const integer = parseInteger(text);
  // Go looks at the letters of the text: `-0x1e` holds an "e" and counts as a float, `0x1e` does not.
  const looksLikeFloat = /[.eEpP]/.test(text) && !/^0[xX][^pP]*$/.test(text);
  if (integer !== undefined) {
    if (isInt64(integer)) return { value: looksLikeFloat ? Number(integer) : new Integer('int', integer) };
    if (isUint64(integer) && /^[0-9]/.test(text)) return { value: 'overflow' };
  }
  const float = parseFloat64(text);
  if ('problem' in float) return { problem: `illegal number syntax: ${quote(text)}` };
  if (!/[.eEpP]/.test(text)) return { problem: `integer overflow: ${quote(text)}` };
  return float;
}

function parseInteger(text: string): bigint | undefined {
  const match = INTEGER.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, oldOctal, decimal] = match.map((part) => part?.replaceAll('_', ''));
  const magnitude =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : decimal !== undefined
          ? BigInt(decimal)
          : BigInt(`0o0${octal ?? oldOctal ?? ''}`);
  return sign === '-' ? -magnitude : magnitude;
}

/** The two tokens of a complex number, as Go's scanner cuts them; it also takes the "i" of an "Inf". */
const PARTS =
  /^([+-]?i?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|[0-9_]*(?:\.[0-9_]*)?(?:[eEpP][+-]?[0-9_]*)?))([+-])(.*)i$/;
const DECIMAL_PART = /^[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?$/;
const HEX_PART = /^0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?$/;

function parseComplex(text: string): Literal<Complex> {
  // A sign that neither starts the number nor belongs to an exponent parts the two halves.
  const isPair = /.[+-]/.test(text.replace(/[eEpP][+-]/g, 'e'));
  if (!isPair) {
    const imaginary = parseFloat64(text.slice(0, -1));
    if ('problem' in imaginary) return { problem: `illegal number syntax: ${quote(text)}` };
    return { value: new Complex(0, imaginary.value) };
  }
  const [, real = '', sign = '', rest = ''] = PARTS.exec(text) ?? [];
  if (sign === '' || !(DECIMAL_PART.test(rest) || HEX_PART.test(rest)) || rest === '') {
    return { problem: 'syntax error scanning complex number' };
  }
  const realPart = parseFloat64(real);
  if ('problem' in realPart) return realPart;
  const imaginaryPart = parseFloat64(sign + rest);
  if ('problem' in imaginaryPart) return imaginaryPart;
  return { value: new Complex(realPart.value, imaginaryPart.value) };
}
