import { findJsonFault, type JsonFaultReason, mayExceedJson } from './json-fault.js';

/** A value as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What is wrong with a JSON text, and where. */
export interface JsonTrouble {
  readonly reason: JsonFaultReason | 'invalid UTF-8';
  /** From 0, in bytes of UTF-8. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

/** A text is no JSON, or holds what is not read: see {@link parseJson}. */
export class InvalidJsonError extends SyntaxError {
  override readonly name = 'InvalidJsonError';
  readonly trouble: JsonTrouble;

  constructor(trouble: JsonTrouble) {
    super(`${trouble.reason} at line ${trouble.line}, column ${trouble.column}`);
    this.trouble = trouble;
  }
}

/** One escape of a JSON string: two surrogates that make a character, one that does not, or another. */
const ESCAPE =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[\s\S])/g;

/**
 * `JSON.parse`, but as Go's encoding/json has it: with U+FFFD for every escape that is half of a
 * character (`"\ud83d"`), since two such halves would become a character when they are printed side by
 * side; without numbers that no float64 holds (`1e999`); and without more than 10,000 objects and lists
 * within each other.
 *
 * @throws {InvalidJsonError} for anything else, which says where the text goes wrong
 */
export function parseJson(text: string): JsonValue {
  // Before it is parsed: V8 takes most of a second for a mebibyte of nothing but starts of lists.
  const excess = mayExceedJson(text) ? troubleIn(text) : undefined;
  if (excess !== undefined) throw excess;
  const isSuspect = text.includes('\\u') && (text.includes('\\ud') || text.includes('\\uD'));
  const sound = isSuspect
    ? text.replace(ESCAPE, (whole, lone?: string) => (lone === undefined ? whole : '\\ufffd'))
    : text;
  try {
    return JSON.parse(sound) as JsonValue;
  } catch (error) {
    throw troubleIn(text) ?? error;
  }
}

function troubleIn(text: string): InvalidJsonError | undefined {
  const fault = findJsonFault(text);
  if (fault === undefined) return undefined;
  let offset = 0;
  let line = 1;
  let column = 1;
  for (let index = 0; index < fault.index; ) {
    const code = text.codePointAt(index) ?? 0;
    index += code < 0x10000 ? 1 : 2;
    offset += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const isLineEnd = code === 0x0a;
    line += isLineEnd ? 1 : 0;
    column = isLineEnd ? 1 : column + 1;
  }
  return new InvalidJsonError({ reason: fault.reason, offset, line, column });
}

/**
 * Says where bytes stop being UTF-8.
 * @param bytes that are not UTF-8
 */
export function invalidUtf8(bytes: Uint8Array): InvalidJsonError {
  let offset = 0;
  let line = 1;
  let column = 1;
  for (let length = 1; offset < bytes.length; offset += length) {
    length = utf8CharLength(bytes, offset);
    if (length === 0) break;
    const isLineEnd = bytes[offset] === 0x0a;
    line += isLineEnd ? 1 : 0;
    column = isLineEnd ? 1 : column + 1;
  }
  return new InvalidJsonError({ reason: 'invalid UTF-8', offset, line, column });
}

/** First bytes of characters of two bytes and more: up to which, how many bytes, and the range of the second. */
const LONG_CHARS: readonly (readonly [last: number, length: number, from: number, to: number])[] = [
  [0xc1, 0, 0, 0],
  [0xdf, 2, 0x80, 0xbf],
  [0xe0, 3, 0xa0, 0xbf],
  [0xec, 3, 0x80, 0xbf],
  [0xed, 3, 0x80, 0x9f],
  [0xef, 3, 0x80, 0xbf],
  [0xf0, 4, 0x90, 0xbf],
  [0xf3, 4, 0x80, 0xbf],
  [0xf4, 4, 0x80, 0x8f],
];

/** @returns bytes of the character that begins there; 0 if none does. The ranges are those of RFC 3629. */
function utf8CharLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return 1;
  const [, length, from, to] = LONG_CHARS.find(([last]) => first <= last) ?? [0, 0, 0, 0];
  const second = bytes[offset + 1] ?? 0;
  if (length === 0 || second < from || second > to) return 0;
  for (let index = 2; index < length; index += 1) {
    const next = bytes[offset + index] ?? 0;
    if (next < 0x80 || next > 0xbf) return 0;
  }
  return length;
}
