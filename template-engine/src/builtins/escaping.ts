import { print } from '../format/print.js';
import { isPrintable } from '../format/quote.js';
import type { Rendering } from '../render/rendering.js';
import { type GoString, isString, mapText, RawString, sizeOf } from '../values/raw-string.js';
import type { Value } from '../values/value.js';
import type { Call, Eager } from './builtin.js';
import { charged } from './printing.js';

/** How much more work than to copy a text it is to look for its special characters one by one. */
const ONE_BY_ONE = 8;

/**
 * An escaping function: of what print makes of its arguments, except that nothing is `<no value>`.
 *
 * @param special finds out whether there is anything to escape
 */
function escaper(special: RegExp, escaped: (text: GoString) => GoString): Eager {
  const run = (text: GoString, rendering: Rendering, call: Call): Value => {
    // No escape is shorter than what it stands for, so that a text too long need not be looked into.
    charged(text, rendering, call);
    if (typeof text === 'string' && text.search(special) < 0) return text;
    rendering.chargeText(ONE_BY_ONE * sizeOf(text), call.node);
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
export const html = escaper(/["&'<>\0]/, (text) => {
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
export const js = escaper(JS_SPECIAL, (text) =>
  mapText(text, (plain) => plain.replace(JS_SPECIAL, jsEscape)),
);

function jsEscape(character: string): string {
  const short = JS_ESCAPES.get(character);
  if (short !== undefined) return short;
  const point = character.codePointAt(0) ?? 0;
  if (point >= 0x80 && (isPrintable(point) || isLoneSurrogate(point))) return character;
  return `\\u${point.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Stands for U+FFFD or for a byte that is no UTF-8: Go takes both for printable. */
const isLoneSurrogate = (point: number): boolean => point >= 0xd800 && point < 0xe000;

const RESERVED = /[^\w.~-]/;
/** What encodeURIComponent leaves as it is, or writes in another way. */
const URL_LEFT_OVER: readonly [string, string][] = [
  ['%20', '+'],
  ['!', '%21'],
  ["'", '%27'],
  ['(', '%28'],
  [')', '%29'],
  ['*', '%2A'],
];

/** urlquery a b … : for a value in the query of a URL. */
export const urlquery = escaper(RESERVED, (text) => {
  if (text instanceof RawString) return Array.from(text.bytes, escapeByte).join('');
  let query = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  for (const [part, escaped] of URL_LEFT_OVER) query = query.replaceAll(part, escaped);
  return query;
});

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === ' ') return '+';
  return RESERVED.test(character) ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}` : character;
}
