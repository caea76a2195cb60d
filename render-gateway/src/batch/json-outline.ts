/** Where something stands in bytes: from `start`, up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON, LETTER_U] = [0x22, 0x5c, 0x2c, 0x3a, 0x75];
const [BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** What a byte means outside of strings, by its value: a body has a million of them. */
const [PLAIN, QUOTED, OPENS, CLOSES, PARTS] = [0, 1, 2, 3, 4];
const MEANING = new Uint8Array(256);
MEANING[QUOTE] = QUOTED;
MEANING[BRACKET] = OPENS;
MEANING[BRACE] = OPENS;
MEANING[END_BRACKET] = CLOSES;
MEANING[END_BRACE] = CLOSES;
MEANING[COMMA] = PARTS;

/**
 * The members of a JSON object that have one of some names, found by its quotes and brackets alone: much
 * faster than reading what may be in them, however many there are. Whether the values are JSON shows when
 * they are read; whether other names are is not looked at.
 * @param names of letters, digits and `_`
 * @param most members that are looked through
 * @returns where the value of each name stands, the last one of a name that is there twice; undefined if
 *   the bytes are no object by their outline, or have more members
 */
export function membersOf(
  bytes: Uint8Array,
  span: Span,
  names: readonly string[],
  most: number,
): Map<string, Span> | undefined {
  const members = new Map<string, Span>();
  const inside = insideOf(bytes, span, BRACE, END_BRACE);
  if (inside === undefined) return undefined;
  let at = skipSpace(bytes, inside.start, inside.end);
  for (let count = 0; at < inside.end; count++) {
    if (bytes[at] !== QUOTE || count === most) return undefined;
    const keyEnd = endOfString(bytes, at, inside.end);
    const name = nameAt(bytes, at, keyEnd, names);
    const colon = skipSpace(bytes, keyEnd, inside.end);
    if (bytes[colon] !== COLON) return undefined;
    const start = skipSpace(bytes, colon + 1, inside.end);
    const end = endOfValue(bytes, start, inside.end);
    if (name !== undefined) members.set(name, { start, end });
    const next = skipSpace(bytes, end, inside.end);
    if (next >= inside.end) return members;
    if (bytes[next] !== COMMA) return undefined;
    at = skipSpace(bytes, next + 1, inside.end);
    if (at >= inside.end) return undefined;
  }
  return members;
}

/**
 * The elements of a JSON array; otherwise as {@link membersOf}.
 * @param most after so many, the rest is not looked for
 */
export function elementsOf(bytes: Uint8Array, span: Span, most: number): Span[] | undefined {
  const elements: Span[] = [];
  const inside = insideOf(bytes, span, BRACKET, END_BRACKET);
  if (inside === undefined) return undefined;
  let start = skipSpace(bytes, inside.start, inside.end);
  if (start >= inside.end) return elements;
  while (elements.length < most) {
    const end = endOfValue(bytes, start, inside.end);
    elements.push({ start, end });
    const next = skipSpace(bytes, end, inside.end);
    if (next >= inside.end) return elements;
    if (bytes[next] !== COMMA) return undefined;
    start = skipSpace(bytes, next + 1, inside.end);
  }
  return elements;
}

/** @returns what stands between the two brackets; undefined if the span does not begin and end with them */
function insideOf(bytes: Uint8Array, { start, end }: Span, open: number, close: number): Span | undefined {
  const first = skipSpace(bytes, start, end);
  let last = end - 1;
  while (last > first && isSpace(bytes[last])) last -= 1;
  const isWhole = bytes[first] === open && bytes[last] === close && last > first;
  return isWhole ? { start: first + 1, end: last } : undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isSpace(bytes[at])) at += 1;
  return at;
}

/** @param start of the opening quote. @returns the place after the closing one, or `end` */
function endOfString(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return end;
}

function endOfValue(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at++) {
    switch (MEANING[bytes[at] ?? 0] ?? PLAIN) {
      case PLAIN:
        break;
      case QUOTED:
        at = endOfString(bytes, at, end) - 1;
        if (depth === 0) return at + 1;
        break;
      case OPENS:
        depth += 1;
        break;
      case CLOSES:
        depth -= 1;
        if (depth <= 0) return at + 1;
        break;
      case PARTS:
        if (depth === 0) return at;
        break;
    }
  }
  return end;
}

/** @returns which of the names the string is that stands there with its quotes, if it is one of them */
function nameAt(bytes: Uint8Array, start: number, end: number, names: readonly string[]): string | undefined {
  for (const name of names) if (isNamed(bytes, start, end, name)) return name;
  return undefined;
}

function isNamed(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  let at = start + 1;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    if (bytes[at] === code) at += 1;
    else if (bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U && escapedAt(bytes, at) === code) at += 6;
    else return false;
  }
  return at === end - 1;
}

/** @returns the character code that stands there as `\uXXXX`; -1 if its digits are none */
function escapedAt(bytes: Uint8Array, at: number): number {
  let code = 0;
  for (let index = at + 2; index < at + 6; index++) {
    const digit = '0123456789abcdef'.indexOf(String.fromCharCode((bytes[index] ?? 0) | 0x20));
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}
