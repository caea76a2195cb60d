import { LETTERS_AND_DIGITS } from '../values/unicode.js';

/** What `codePointAt` gives at the end of a text, as a number. */
export const END = -1;

/** Space, tab, carriage return and line feed: the only space that the language knows. */
export function isSpace(point: number): boolean {
  return point === 0x20 || point === 0x09 || point === 0x0d || point === 0x0a;
}

export function isDecimalDigit(point: number): boolean {
  return point >= 0x30 && point <= 0x39;
}

/** Whether a text is a name of a field; one that starts with a digit would be a number. */
export function isName(text: string): boolean {
  return text !== '' && !isDecimalDigit(text.charCodeAt(0)) && isAlphaNumericOnly(text);
}

export function isAlphaNumericOnly(text: string): boolean {
  for (const character of text) {
    if (!isAlphaNumeric(character.codePointAt(0) ?? END)) return false;
  }
  return true;
}

/** Whether a character may stand in a name: a letter or digit of any script, or an underscore. */
export function isAlphaNumeric(point: number): boolean {
  if (point < 0x80) {
    return (
      isDecimalDigit(point) ||
      (point >= 0x61 && point <= 0x7a) ||
      (point >= 0x41 && point <= 0x5a) ||
      point === 0x5f
    );
  }
  return LETTERS_AND_DIGITS.has(point);
}
