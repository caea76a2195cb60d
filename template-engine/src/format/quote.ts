import { escapedByteOf, type GoString, sizeOf, withEscapedBytes } from '../values/raw-string.js';
import { PRINTABLE } from '../values/unicode.js';
import { isCharacter, REPLACEMENT } from '../values/utf8.js';

const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
]);

/** Anything but the ASCII characters that a literal shows as they are. */
const NEEDS_CARE = /[^ !#-[\]-~]/;

/** @returns what it costs to quote a text: one that needs care is looked at character by character */
export function costOfQuoting(text: GoString): number {
  return typeof text === 'string' && !NEEDS_CARE.test(text) ? text.length : CAREFULLY * sizeOf(text);
}

const CAREFULLY = 8;

/** Whether Go shows the character as it is: letters, marks, numbers, punctuation, symbols, ASCII space. */
export function isPrintable(point: number): boolean {
  return point < 0x7f ? point >= 0x20 : PRINTABLE.has(point);
}

/** @returns the text as a Go string literal; the words of Go's `%q` */
export function quote(text: GoString, asciiOnly = false): string {
  const isRaw = typeof text !== 'string';
  if (!isRaw && !NEEDS_CARE.test(text)) return `"${text}"`;
  let literal = '"';
  for (const character of isRaw ? withEscapedBytes(text) : text) {
    const given = character.codePointAt(0) ?? 0;
    const byte = isRaw ? escapedByteOf(given) : undefined;
    literal += byte === undefined ? shownInside(given, '"', asciiOnly) : hexEscape('x', byte, 2);
  }
  return `${literal}"`;
}

/** @returns a character as a Go rune literal; what is no character becomes U+FFFD */
export function quoteRune(point: number, asciiOnly = false): string {
  return `'${shownInside(point, "'", asciiOnly)}'`;
}

/** @returns the literal of the first characters of a text */
export function quotePrefix(text: string, characters: number): string {
  return quote(firstCharacters(text, characters));
}

/** @returns a character as `U+0022 '"'`, or without the quoted part if it cannot be shown */
export function describeCharacter(point: number): string {
  const number = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrintable(point) ? `${number} '${String.fromCodePoint(point)}'` : number;
}

/** @returns at most so many characters (code points) of a text */
export function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  let end = 0;
  for (let i = 0; i < count && end < text.length; i++) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

/** Whether a text can stand between back quotes unchanged. */
export function canBackquote(text: string): boolean {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point === 0xfeff || point === 0x60 || point === 0x7f || (point < 0x20 && point !== 0x09))
      return false;
  }
  return true;
}

function shownInside(given: number, mark: string, asciiOnly: boolean): string {
  const point = isCharacter(given) ? given : REPLACEMENT;
  const character = String.fromCodePoint(point);
  if (character === mark || character === '\\') return `\\${character}`;
  if (isPrintable(point) && !(asciiOnly && point >= 0x80)) return character;
  const short = SHORT_ESCAPES.get(point);
  if (short !== undefined) return short;
  if (point < 0x20 || point === 0x7f) return hexEscape('x', point, 2);
  return point < 0x10000 ? hexEscape('u', point, 4) : hexEscape('U', point, 8);
}

function hexEscape(letter: string, value: number, digits: number): string {
  return `\\${letter}${value.toString(16).padStart(digits, '0')}`;
}
