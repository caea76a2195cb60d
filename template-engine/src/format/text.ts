import { utf8Encode } from '../values/utf8.js';
import { pad } from './pad.js';
import { canBackquote, firstCharacters, quote } from './quote.js';
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

/** A precision is a number of characters. */
function truncated(text: string, spec: Spec): string {
  return spec.precision === undefined ? text : firstCharacters(text, spec.precision);
}

function quotedForm(text: string, spec: Spec): string {
  const shown = truncated(text, spec);
  if (spec.sharp && canBackquote(shown)) return pad(`\`${shown}\``, spec);
  return pad(quote(shown, spec.plus), spec);
}

/** The text's bytes; a precision is a number of bytes. */
function hexForm(text: string, spec: Spec): string {
  const bytes = utf8Encode(spec.precision === undefined ? text : text.slice(0, spec.precision));
  const shown = spec.precision === undefined ? bytes : bytes.slice(0, spec.precision);
  const hex = shown.map((byte) => byte.toString(16).padStart(2, '0'));
  const prefix = spec.sharp && hex.length > 0 ? '0x' : '';
  return pad(spec.space ? hex.map((byte) => prefix + byte).join(' ') : prefix + hex.join(''), spec);
}
