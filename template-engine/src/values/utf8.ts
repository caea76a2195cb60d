/** Stands in for what is no character. */
export const REPLACEMENT = 0xfffd;

/** @returns how many bytes the text takes in UTF-8; a lone surrogate counts as U+FFFD, three bytes */
export function utf8Length(text: string): number {
  const { length } = text;
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    // A pair takes four bytes; two of its units are counted already.
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) i++;
  }
  return bytes;
}

/** @returns the byte at an offset of the text's UTF-8 form, or undefined past its end */
export function utf8ByteAt(text: string, offset: number): number | undefined {
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      if (start === offset) return unit;
      start++;
      continue;
    }
    const character = text.slice(i, i + 2);
    const size = utf8Size(wellFormed(character.codePointAt(0) ?? 0));
    if (offset < start + size) return utf8Encode(character)[offset - start];
    start += size;
    if (size === 4) i++;
  }
  return undefined;
}

/**
 * @returns the index of the unit at which a byte of the text's UTF-8 form stands, -1 for a byte inside
 *   a character; the end of the text counts as a byte
 */
export function unitAtByte(text: string, offset: number): number {
  let start = 0;
  let i = 0;
  for (; i < text.length && start < offset; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) start++;
    else if (unit < 0x800) start += 2;
    else if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      start += 4;
      i++;
    } else start += 3;
  }
  return start === offset ? i : -1;
}

/** @returns the text in UTF-8 */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  putText(bytes, 0, text);
  return bytes;
}

/** Writes a text to an offset. @returns the offset behind it */
export function putText(bytes: Uint8Array, offset: number, text: string): number {
  let end = offset;
  for (let i = 0; i < text.length; i++) {
    const point = wellFormed(text.codePointAt(i) ?? 0);
    if (point > 0xffff) i++;
    end = putCharacter(bytes, end, point);
  }
  return end;
}

/** Writes a character to an offset. @returns the offset behind it */
export function putCharacter(bytes: Uint8Array, offset: number, point: number): number {
  const size = utf8Size(point);
  for (let j = size - 1, rest = point; j > 0; j--, rest >>= 6) bytes[offset + j] = 0x80 | (rest & 0x3f);
  bytes[offset] = size === 1 ? point : ((0xf00 >> size) & 0xff) | (point >> (6 * (size - 1)));
  return offset + size;
}

/** @returns the text whose UTF-8 form the bytes are, or undefined if they are not UTF-8 */
export function decodeStrict(bytes: Uint8Array): string | undefined {
  for (let i = 0; i < bytes.length; ) {
    const point = characterAt(bytes, i);
    if (point < 0) return undefined;
    i += utf8Size(point);
  }
  return decodeWith(bytes, () => REPLACEMENT);
}

/** @returns the text, with U+FFFD in place of every byte that belongs to no character, as in Go */
export function decodeLossy(bytes: Uint8Array): string {
  return decodeWith(bytes, () => REPLACEMENT);
}

/** So many units are put together before they become text: one by one they would be a rope of as many links. */
const CHUNK = 4096;

/** @returns the text, with a unit of choice for every byte that belongs to no character */
export function decodeWith(bytes: Uint8Array, unitOf: (stray: number) => number): string {
  const units = new Uint16Array(Math.min(bytes.length, CHUNK) + 1);
  let text = '';
  let count = 0;
  for (let i = 0; i < bytes.length; ) {
    const point = characterAt(bytes, i);
    i += point < 0 ? 1 : utf8Size(point);
    if (point > 0xffff) {
      units[count++] = 0xd7c0 + (point >> 10);
      units[count++] = 0xdc00 + (point & 0x3ff);
    } else units[count++] = point < 0 ? unitOf(bytes[i - 1] ?? 0) : point;
    if (count >= CHUNK) {
      text += String.fromCharCode(...units.subarray(0, count));
      count = 0;
    }
  }
  return text + String.fromCharCode(...units.subarray(0, count));
}

/** @returns the character that starts at an offset, or -1 if the byte there starts none */
function characterAt(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return first;
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size === 0) return -1;
  let point = first & (0x7f >> size);
  for (let i = 1; i < size; i++) {
    const byte = bytes[offset + i] ?? 0;
    if (byte >> 6 !== 2) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  // Overlong forms, surrogates and what lies beyond Unicode are no characters.
  return utf8Size(point) === size && isCharacter(point) ? point : -1;
}

/** @returns how many bytes a character takes */
export function utf8Size(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/** Orders texts by their UTF-8 bytes, as Go does; UTF-16 order differs above U+D7FF. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return byteOrder(x) - byteOrder(y);
  }
  return a.length - b.length;
}

/** @returns a number below, at or above 0 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Whether it is a code point that UTF-8 can encode. */
export function isCharacter(point: number): boolean {
  return point >= 0 && point <= 0x10ffff && !isSurrogate(point);
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

const wellFormed = (point: number): number => (isSurrogate(point) ? REPLACEMENT : point);
const byteOrder = (unit: number): number => (isSurrogate(unit) ? unit + 0x10000 : unit);
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;
