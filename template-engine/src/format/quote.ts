const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u;
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
]);

/** Whether Go shows the character as it is: letters, marks, numbers, punctuation, symbols, ASCII space. */
export function isPrintable(point: number): boolean {
  if (point < 0x7f) return point >= 0x20;
  return PRINTABLE.test(String.fromCodePoint(point));
}

/** @returns the text as a Go string literal; the words of Go's `%q` */
export function quote(text: string, asciiOnly = false): string {
  return quoteWith('"', text, asciiOnly);
}

/** @returns a character as a Go rune literal; what is no character becomes U+FFFD */
export function quoteRune(point: number, asciiOnly = false): string {
  return quoteWith("'", String.fromCodePoint(isCharacter(point) ? point : 0xfffd), asciiOnly);
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

export function isCharacter(point: number): boolean {
  return point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000);
}

function quoteWith(mark: string, text: string, asciiOnly: boolean): string {
  let literal = mark;
  for (const character of text) {
    const given = character.codePointAt(0) ?? 0;
    literal += shownInside(isCharacter(given) ? given : 0xfffd, mark, asciiOnly);
  }
  return literal + mark;
}

function shownInside(point: number, mark: string, asciiOnly: boolean): string {
  const character = String.fromCodePoint(point);
  if (character === mark || character === '\\') return `\\${character}`;
  if (isPrintable(point) && !(asciiOnly && point >= 0x80)) return character;
  const short = SHORT_ESCAPES.get(point);
  if (short !== undefined) return short;
  const hex = point.toString(16);
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
