/** Where something stands in bytes: from `start`, up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The members of a JSON object, found by its quotes and brackets alone: a hundred times faster than
 * reading what may be in them. Whether the values are JSON shows when they are read.
 * @returns where the value of each key stands, the last one of a key that is there twice; undefined if
 *   the bytes are no object by their outline
 */
export function membersOf(bytes: Uint8Array, span: Span): Map<string, Span> | undefined {
  const members = new Map<string, Span>();
  const inside = insideOf(bytes, span, BRACE, END_BRACE);
  if (inside === undefined) return undefined;
  let at = skipSpace(bytes, inside.start, inside.end);
  while (at < inside.end) {
    if (bytes[at] !== QUOTE) return undefined;
    const keyEnd = endOfString(bytes, at, inside.end);
    const key = readKey(bytes, at, keyEnd);
    const colon = skipSpace(bytes, keyEnd, inside.end);
    if (key === undefined || bytes[colon] !== COLON) return undefined;
    const start = skipSpace(bytes, colon + 1, inside.end);
    const end = endOfValue(bytes, start, inside.end);
    members.set(key, { start, end });
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
    const byte = bytes[at] ?? 0;
    switch (byte) {
      case QUOTE:
        at = endOfString(bytes, at, end) - 1;
        if (depth === 0) return at + 1;
        break;
      case BRACKET:
      case BRACE:
        depth += 1;
        break;
      case END_BRACKET:
      case END_BRACE:
        depth -= 1;
        if (depth <= 0) return at + 1;
        break;
      case COMMA:
        if (depth === 0) return at;
        break;
    }
  }
  return end;
}

function readKey(bytes: Uint8Array, start: number, end: number): string | undefined {
  const { buffer, byteOffset } = bytes;
  try {
    return JSON.parse(Buffer.from(buffer, byteOffset + start, end - start).toString('utf8')) as string;
  } catch {
    return undefined;
  }
}
