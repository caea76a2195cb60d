/** @returns how many bytes the text takes in UTF-8; a lone surrogate counts as U+FFFD, three bytes */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      // The pair takes four bytes; two of its units are counted already.
      i++;
    }
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
    const bytes = encodeCharacter(text.slice(i, i + 2));
    if (offset < start + bytes.length) return bytes[offset - start];
    start += bytes.length;
    if (bytes.length === 4) i++;
  }
  return undefined;
}

/** @returns the text in UTF-8 */
export function utf8Encode(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) bytes.push(...encodeCharacter(character));
  return bytes;
}

/** @returns the text whose UTF-8 form the bytes are, or undefined if they are not UTF-8 */
export function utf8Decode(bytes: readonly number[]): string | undefined {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let point = size === 1 ? first : first & (0x7f >> size);
    for (let j = 1; j < size; j++) point = (point << 6) | ((bytes[i + j] ?? 0) & 0x3f);
    if (point > 0x10ffff) return undefined;
    const character = String.fromCodePoint(point);
    // Overlong forms, surrogates, stray and missing continuation bytes all fail to come back the same.
    if (encodeCharacter(character).some((byte, j) => byte !== bytes[i + j])) return undefined;
    text += character;
    i += encodeCharacter(character).length;
  }
  return text;
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

const byteOrder = (unit: number): number => (isSurrogate(unit) ? unit + 0x10000 : unit);
const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** @returns the bytes of the text's first character */
function encodeCharacter(character: string): number[] {
  const given = character.codePointAt(0) ?? 0;
  const point = isSurrogate(given) ? 0xfffd : given;
  if (point < 0x80) return [point];
  const tail = (shift: number): number => 0x80 | ((point >> shift) & 0x3f);
  if (point < 0x800) return [0xc0 | (point >> 6), tail(0)];
  if (point < 0x10000) return [0xe0 | (point >> 12), tail(6), tail(0)];
  return [0xf0 | (point >> 18), tail(12), tail(6), tail(0)];
}
