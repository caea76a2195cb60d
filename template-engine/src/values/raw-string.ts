import { Scalar } from './scalar.js';
import {
  decodeLossy,
  decodeStrict,
  decodeWith,
  isCharacter,
  putCharacter,
  putText,
  REPLACEMENT,
  utf8Encode,
  utf8Length,
} from './utf8.js';

/**
 * A string of Go that is not valid UTF-8, which no string of JavaScript can be. Only such: whatever is
 * valid UTF-8 is a JavaScript string, so that equal strings always have the same form. Data never
 * hold one; literals (`"\xff"`) and cuts through a character do.
 */
export class RawString extends Scalar {
  readonly bytes: Uint8Array;

  /** @param bytes no valid UTF-8; `stringOf` tells */
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }

  override isNonZero(): boolean {
    return true;
  }

  /** @returns the string as errors show it: every byte that is no UTF-8 as U+FFFD */
  override toString(): string {
    return decodeLossy(this.bytes);
  }
}

/** What Go calls a string. */
export type GoString = string | RawString;

export function isString(value: unknown): value is GoString {
  return typeof value === 'string' || value instanceof RawString;
}

/** @returns the string's bytes; a lone surrogate counts as U+FFFD */
export function bytesOf(text: GoString): Uint8Array {
  return typeof text === 'string' ? utf8Encode(text) : text.bytes;
}

/** @returns the string of which these are the bytes */
export function stringOf(bytes: Uint8Array): GoString {
  return decodeStrict(bytes) ?? new RawString(bytes);
}

/** @returns how much of anything is counted by size: UTF-16 units, or bytes */
export function sizeOf(text: GoString): number {
  return typeof text === 'string' ? text.length : text.bytes.length;
}

/** @returns the pieces side by side; halves of a character that meet are that character again */
export function concatenate(pieces: readonly GoString[]): GoString {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return stringOf(joinBytes(pieces));
}

/** @returns the pieces side by side, with U+FFFD in place of every byte that is no UTF-8 */
export function joinText(pieces: readonly GoString[]): string {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return decodeLossy(joinBytes(pieces));
}

function joinBytes(pieces: readonly GoString[]): Uint8Array {
  let size = 0;
  for (const piece of pieces) size += typeof piece === 'string' ? utf8Length(piece) : piece.bytes.length;
  const joined = new Uint8Array(size);
  let end = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      end = putText(joined, end, piece);
    } else {
      joined.set(piece.bytes, end);
      end += piece.bytes.length;
    }
  }
  return joined;
}

/** A stray byte b stands as the lone surrogate U+DC00 + b in texts that are worked on as strings. */
const ESCAPED = 0xdc00;

/** @returns the string with a lone surrogate in place of every byte that is no UTF-8 */
export function withEscapedBytes({ bytes }: RawString): string {
  return decodeWith(bytes, (stray) => ESCAPED + stray);
}

/** @returns the byte for which a code point stands in a text with escaped bytes */
export function escapedByteOf(point: number): number | undefined {
  return point >= ESCAPED + 0x80 && point <= ESCAPED + 0xff ? point - ESCAPED : undefined;
}

const ESCAPED_BYTE = /[\udc80-\udcff]/u;

/** Undoes `withEscapedBytes`. */
export function withoutEscapedBytes(text: string): GoString {
  if (!ESCAPED_BYTE.test(text)) return text;
  const bytes = new Uint8Array(utf8Length(text));
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (point > 0xffff) i++;
    const byte = escapedByteOf(point);
    if (byte !== undefined) bytes[end++] = byte;
    else end = putCharacter(bytes, end, isCharacter(point) ? point : REPLACEMENT);
  }
  return stringOf(bytes.slice(0, end));
}

/** Does to a string what is defined on its characters; bytes that are no UTF-8 are characters too. */
export function mapText(text: GoString, change: (text: string) => string): GoString {
  return typeof text === 'string' ? change(text) : withoutEscapedBytes(change(withEscapedBytes(text)));
}
