import { print } from '../format/print.js';
import { isPrintable } from '../format/quote.js';
import type { Rendering } from '../render/rendering.js';
import { type GoString, isString, mapText, RawString } from '../values/raw-string.js';
import type { Value } from '../values/value.js';
import type { Call, Eager } from './builtin.js';
import { charged } from './printing.js';

/** An escaping function: of what print makes of its arguments, except that nothing is `<no value>`. */
function escaper(escaped: (text: GoString) => GoString): Eager {
  const run = (text: GoString, rendering: Rendering, call: Call): Value => {
    // No escape is shorter than what it stands for, so that a text too long need not be looked into.
    charged(text, rendering, call);
    return charged(escaped(text), rendering, call);
  };
  return {
    kind: 'eager',
    least: 0,
    most: Number.POSITIVE_INFINITY,
    one: (value, rendering, call) =>
      run(isString(value) ? value : printed([value], rendering, call), rendering, call),
    many: (args, rendering, call) => run(printed(args, rendering, call), rendering, call),
  };
}

function printed(args: readonly Value[], rendering: Rendering, call: Call): GoString {
  const shown = args.map((arg) => (arg === null || arg === undefined ? '<no value>' : arg));
  return print(shown, rendering.formatLimits(call.node));
}

const HTML_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '&#34;'],
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** html a b … : for HTML text and attributes. */
export const html = escaper((text) => {
  return mapText(text, (plain) =>
    plain.replaceAll('\0', '\ufffd').replace(/["&'<>]/g, (character) => HTML_ESCAPES.get(character) ?? ''),
  );
});

/** Anything but the ASCII characters that Go leaves alone. */
const JS_SPECIAL = /[^ !#-%(-;?-[\]-\x7f]/gu;
const JS_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
]);

/** js a b … : for the inside of a string of JavaScript. */
export const js = escaper((text) => mapText(text, (plain) => plain.replace(JS_SPECIAL, jsEscape)));

function jsEscape(character: string): string {
  const short = JS_ESCAPES.get(character);
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  if (point >= 0x80 && (isPrintable(point) || isLoneSurrogate(point))) return character;
  return `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Stands for U+FFFD or for a byte that is no UTF-8: Go takes both for printable. */
const isLoneSurrogate = (point: number): boolean => point >= 0xd800 && point < 0xe000;

const UNRESERVED = /^[\w.~-]*$/;
/** What encodeURIComponent leaves as it is, or writes in another way. */
const URL_LEFT_OVER = /[!'()*]|%20/g;

/** urlquery a b … : for a value in the query of a URL. */
export const urlquery = escaper((text) => {
  if (text instanceof RawString) return Array.from(text.bytes, escapeByte).join('');
  if (UNRESERVED.test(text)) return text;
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(URL_LEFT_OVER, (part) =>
    part === '%20' ? '+' : percent(part.charCodeAt(0)),
  );
});

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === ' ') return '+';
  return UNRESERVED.test(character) ? character : percent(byte);
}

const percent = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
