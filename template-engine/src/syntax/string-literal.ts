import { concatenate, type GoString, stringOf } from '../values/raw-string.js';
import { isCharacter } from '../values/utf8.js';

/** The outcome of reading a literal: its value, or Go's words for what is wrong with it. */
export type Literal<T> = { readonly value: T } | { readonly problem: string };

const INVALID = { problem: 'invalid syntax' } as const;

const ESCAPES: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
  '\\': 0x5c,
};
const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Reads a Go string literal, quotes included.
 *
 *     literal = '"' { character | escape } '"' | "`" { any but "`" } "`" .
 *     escape  = "\" ( one of abfnrtv\" | 3 octal digits | "x" 2, "u" 4 or "U" 8 hex digits ) .
 *
 * `\x` and octal escapes stand for bytes, which need not make UTF-8.
 */
export function parseString(literal: string): Literal<GoString> {
  if (literal.length < 2 || literal.at(-1) !== literal[0]) return INVALID;
  const body = literal.slice(1, -1);
  if (literal[0] === '`') {
    return body.includes('`') ? INVALID : { value: body.replaceAll('\r', '') };
  }
  if (literal[0] !== '"' || body.includes('\n')) return INVALID;
  return body.includes('\\') || body.includes('"') ? readEscapes(body) : { value: body };
}

/** Reads a Go rune literal, quotes included: `'x'`, `'\n'`, `'\u00e9'`. @returns its code point */
export function parseRune(literal: string): Literal<number> {
  if (literal[0] !== "'") return INVALID;
  const element = readElement(literal, 1, "'");
  if (element === undefined) return INVALID;
  if (element.end !== literal.length - 1 || literal[element.end] !== "'") {
    return { problem: `malformed character constant: ${literal}` };
  }
  return { value: element.value };
}

function readEscapes(body: string): Literal<GoString> {
  const pieces: GoString[] = [];
  let text = '';
  for (let i = 0; i < body.length; ) {
    const element = readElement(body, i, '"');
    if (element === undefined) return INVALID;
    i = element.end;
    if (!element.isByte || element.value < 0x80) {
      text += String.fromCodePoint(element.value);
      continue;
    }
    pieces.push(text, stringOf(Uint8Array.of(element.value)));
    text = '';
  }
  return { value: pieces.length === 0 ? text : concatenate([...pieces, text]) };
}

interface Element {
  readonly value: number;
  readonly isByte: boolean;
  readonly end: number;
}

/** @returns undefined if no character or escape stands there */
function readElement(text: string, start: number, mark: string): Element | undefined {
  const point = text.codePointAt(start);
  if (point === undefined || text[start] === mark) return undefined;
  if (text[start] !== '\\') return { value: point, isByte: false, end: start + (point > 0xffff ? 2 : 1) };
  const letter = text[start + 1] ?? '';
  const afterLetter = start + 2;
  if (letter === mark) return { value: letter.charCodeAt(0), isByte: false, end: afterLetter };
  const simple = ESCAPES[letter];
  if (simple !== undefined) return { value: simple, isByte: false, end: afterLetter };
  const hexLength = HEX_LENGTHS[letter];
  if (hexLength !== undefined) {
    const digits = text.slice(afterLetter, afterLetter + hexLength);
    if (digits.length < hexLength || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
    const value = Number.parseInt(digits, 16);
    if (letter !== 'x' && !isCharacter(value)) return undefined;
    return { value, isByte: letter === 'x', end: afterLetter + hexLength };
  }
  const octal = text.slice(start + 1, start + 4);
  if (!/^[0-3][0-7]{2}$/.test(octal)) return undefined;
  return { value: Number.parseInt(octal, 8), isByte: true, end: start + 4 };
}
