import {
  bytesOf,
  type GoString,
  RawString,
  sizeOf,
  withEscapedBytes,
  withoutEscapedBytes,
} from '../values/raw-string.js';
import { pad } from './pad.js';
import { canBackquote, costOfQuoting, firstCharacters, quote } from './quote.js';
import type { Spec } from './spec.js';

export type TextForm = 'q' | 's' | 'v' | 'x' | 'X';

export function formatText(text: string, form: TextForm, spec: Spec): string {
  switch (form) {
    case 's':
      return pad(truncated(text, spec), spec);
    case 'v':
      return spec.asSource ? quotedForm(text, spec) : pad(truncated(text, spec), spec);
    case 'q':
      return quotedForm(text, spec);
    case 'x':
      return hexForm(text, spec);
    case 'X':
      return hexForm(text, spec).toUpperCase();
  }
}

/** How much more work than a character of plain text a byte is that is looked at one by one. */
const BYTE_BY_BYTE = 8;

/** @returns what it costs to show a text, beside what the outcome costs; in characters */
export function costOfText(text: GoString, form: TextForm, spec: Spec): number {
  const isRaw = text instanceof RawString;
  const isQuoted = form === 'q' || (form === 'v' && spec.asSource);
  if (isQuoted) return costOfQuoting(isRaw ? text : truncated(text, spec));
  if (form === 'x' || form === 'X') {
    return BYTE_BY_BYTE * Math.min(sizeOf(text), spec.precision ?? Number.POSITIVE_INFINITY);
  }
  return isRaw ? BYTE_BY_BYTE * sizeOf(text) : 0;
}

/** The same for a string that is not UTF-8, in which every stray byte counts as a character. */
export function formatRawText(text: RawString, form: TextForm, spec: Spec): GoString {
  if (form === 'x' || form === 'X') {
    const hex = hexForm(text, spec);
    return form === 'x' ? hex : hex.toUpperCase();
  }
  const shown = truncated(withEscapedBytes(text), spec);
  if (form === 's' || (form === 'v' && !spec.asSource)) return withoutEscapedBytes(pad(shown, spec));
  return quotedForm(withoutEscapedBytes(shown), { ...spec, precision: undefined });
}

/** A precision is a number of characters. */
function truncated(text: string, spec: Spec): string {
  return spec.precision === undefined ? text : firstCharacters(text, spec.precision);
}

function quotedForm(text: GoString, spec: Spec): string {
  if (text instanceof RawString) return pad(quote(text, spec.plus), spec);
  const shown = truncated(text, spec);
  if (spec.sharp && canBackquote(shown)) return pad(`\`${shown}\``, spec);
  return pad(quote(shown, spec.plus), spec);
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The text's bytes; a precision is a number of bytes. */
function hexForm(text: GoString, spec: Spec): string {
  const prefix = spec.sharp ? '0x' : '';
  const separator = spec.space ? ` ${prefix}` : '';
  let hex = '';
  for (const byte of firstBytes(text, spec.precision)) hex += (hex === '' ? prefix : separator) + HEX[byte];
  return pad(hex, spec);
}

function firstBytes(text: GoString, count: number | undefined): Uint8Array {
  if (count === undefined) return bytesOf(text);
  // So many units hold that many bytes, and the one after them may be the other half of the last.
  const start = typeof text === 'string' ? text.slice(0, count + 1) : text;
  return bytesOf(start).subarray(0, count);
}
