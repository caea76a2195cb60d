import { quote } from '../format/quote.js';
import { Integer, intOf, isInt64, isUint64 } from '../values/integer.js';
import { type Literal, parseRune } from './string-literal.js';

/**
 * What a number literal stands for: an int, a float64, or, in Go's words, something that overflows
 * int, which is an error once it is evaluated.
 */
export type NumberValue = Integer | number | 'overflow';

/** Most literals, spared the rest; of 15 digits all are safe integers. */
const PLAIN_DECIMAL = /^(?:0|[1-9][0-9]{0,14})$/;
const INTEGER =
  /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]((?:_?[0-7])+)|0((?:_?[0-7])*)|([1-9](?:_?[0-9])*))$/;
const DECIMAL_FLOAT =
  /^[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const HEX_FLOAT =
  /^([+-]?)0[xX]((?:_?[0-9a-fA-F])*)(?:\.([0-9a-fA-F](?:_?[0-9a-fA-F])*)?)?[pP]([+-]?[0-9](?:_?[0-9])*)$/;

/**
 * Reads a number or rune literal.
 *
 *     integer = [ sign ] ( decimal | "0x" hex | "0b" binary | ( "0o" | "0" ) octal ) .
 *     float   = [ sign ] ( digits [ "." digits ] [ "e" exponent ] | "0x" hex [ "." hex ] "p" exponent ) .
 *
 * Single underscores may stand between digits. A float64 is what is written as one: `1.0`, `1e3`.
 */
export function parseNumber(text: string): Literal<NumberValue> {
  if (PLAIN_DECIMAL.test(text)) return { value: intOf(Number(text)) };
  if (text.startsWith("'")) {
    const rune = parseRune(text);
    return 'problem' in rune ? rune : { value: new Integer('int', BigInt(rune.value)) };
  }
  if (text.endsWith('i')) return { problem: `imaginary constants are not supported: ${quote(text)}` };
  const integer = parseInteger(text);
  // Go looks at the letters of the text: `-0x1e` holds an "e" and counts as a float, `0x1e` does not.
  const looksLikeFloat = /[.eEpP]/.test(text) && !/^0[xX][^pP]*$/.test(text);
  if (integer !== undefined) {
    if (isInt64(integer)) return { value: looksLikeFloat ? Number(integer) : new Integer('int', integer) };
    if (isUint64(integer) && /^[0-9]/.test(text)) return { value: 'overflow' };
  }
  const float = parseFloatLiteral(text);
  if (float === undefined) return { problem: `illegal number syntax: ${quote(text)}` };
  if (!/[.eEpP]/.test(text)) return { problem: `integer overflow: ${quote(text)}` };
  return { value: float };
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

function parseFloatLiteral(text: string): number | undefined {
  const value = DECIMAL_FLOAT.test(text) ? Number(text.replaceAll('_', '')) : parseHexFloat(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function parseHexFloat(text: string): number | undefined {
  const match = HEX_FLOAT.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = ''] = match.map((part) => part?.replaceAll('_', ''));
  if (whole + fraction === '') return undefined;
  const scale = Number(exponent) - 4 * fraction.length;
  // Two steps, because the power of two alone may lie outside the range of a float64.
  const half = Math.trunc(scale / 2);
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** half * 2 ** (scale - half);
  return sign === '-' ? -magnitude : magnitude;
}
