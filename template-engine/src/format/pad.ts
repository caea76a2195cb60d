import type { Spec } from './spec.js';

/** Fills a text up to the width of the spec: on the left, or on the right with the minus flag. */
export function pad(text: string, spec: Spec): string {
  if (spec.width === undefined || spec.width === 0) return text;
  // A character has two units at most, so that a text of twice the width need not be counted.
  if (text.length >= 2 * spec.width) return text;
  const missing = spec.width - countCharacters(text);
  if (missing <= 0) return text;
  if (spec.minus) return text + ' '.repeat(missing);
  return (spec.zero ? '0' : ' ').repeat(missing) + text;
}

/** The same, but never with zeros. */
export function padWithSpaces(text: string, spec: Spec): string {
  return pad(text, { ...spec, zero: false });
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    if ((text.codePointAt(i) ?? 0) > 0xffff) {
      count--;
      i++;
    }
  }
  return count;
}
