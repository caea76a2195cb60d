import { Integer } from '../values/integer.js';
import { type GoString, sizeOf, withEscapedBytes, withoutEscapedBytes } from '../values/raw-string.js';
import { StringBuilder } from '../values/string-builder.js';
import { isCharacter, REPLACEMENT } from '../values/utf8.js';
import { typeName, type Value } from '../values/value.js';
import { Formatter } from './formatter.js';
import type { FormatLimits, Spec } from './spec.js';

/** Larger widths, precisions and argument numbers Go takes for mistakes. */
const MAX_NUMBER = 1_000_000;

/** What a verb costs beside the characters of the format, in characters; measured. */
const VERB_COST = 16;

/** Go's Sprintf. */
export function printf(format: GoString, args: readonly Value[], limits: FormatLimits): GoString {
  return new Printf(format, args, limits).run();
}

/**
 * One pass over a format.
 *
 *     format    = { character | "%" { flag } [ index ] [ width ] [ "." [ index ] [ precision ] ] [ index ] verb } .
 *     flag      = "+" | "-" | "#" | " " | "0" .
 *     width     = number | "*" .
 *     precision = number | "*" .
 *     index     = "[" number "]" .
 */
class Printf {
  /** The format; stray bytes are escaped in it. */
  private readonly source: string;
  private readonly isRaw: boolean;
  private readonly args: readonly Value[];
  private readonly limits: FormatLimits;
  private readonly formatter: Formatter;
  /** Where no index can end any more; to look for it again at every `[` would take long. */
  private readonly lastBracket: number;
  private readonly text = new StringBuilder();
  private offset = 0;
  private argument = 0;
  private usedIndexes = false;
  /** Of the verb at hand: false once an index named no argument. */
  private indexIsGood = true;
  /** Of the verb at hand: an index was read, and nothing after it. */
  private afterIndex = false;

  constructor(format: GoString, args: readonly Value[], limits: FormatLimits) {
    limits.charge(2 * sizeOf(format));
    this.isRaw = typeof format !== 'string';
    this.source = typeof format === 'string' ? format : withEscapedBytes(format);
    this.args = args;
    this.limits = limits;
    this.lastBracket = this.source.lastIndexOf(']');
    this.formatter = new Formatter(limits);
  }

  run(): GoString {
    while (this.offset < this.source.length) {
      const percent = this.source.indexOf('%', this.offset);
      const literal = this.source.slice(this.offset, percent < 0 ? undefined : percent);
      this.text.add(this.isRaw ? withoutEscapedBytes(literal) : literal);
      if (percent < 0) break;
      this.offset = percent + 1;
      this.formatVerb();
    }
    if (!this.usedIndexes && this.argument < this.args.length) this.addExtraArguments();
    return this.text.finish();
  }

  private formatVerb(): void {
    this.limits.charge(VERB_COST);
    const flags = this.readFlags();
    this.indexIsGood = true;
    this.afterIndex = false;
    this.readIndex();
    const width = this.readWidth();
    const precision = this.readPrecision();
    if (!this.afterIndex) this.readIndex();
    const point = this.source.codePointAt(this.offset);
    if (point === undefined) {
      this.text.add('%!(NOVERB)');
      return;
    }
    const verb = String.fromCodePoint(isCharacter(point) ? point : REPLACEMENT);
    this.offset += verb.length;
    if (verb === '%') this.text.add('%');
    else if (!this.indexIsGood) this.text.add(`%!${verb}(BADINDEX)`);
    else if (this.argument >= this.args.length) this.text.add(`%!${verb}(MISSING)`);
    else {
      const minus = flags.includes('-') || (width ?? 0) < 0;
      const zero = flags.includes('0') && (width ?? 0) >= 0;
      // %#v and %+v are verbs of their own; their flags do not reach the parts of the value.
      const isPlain = verb !== 'v' && verb !== 'w';
      const spec: Spec = {
        verb,
        minus,
        zero,
        space: flags.includes(' '),
        plus: isPlain && flags.includes('+'),
        sharp: isPlain && flags.includes('#'),
        asSource: !isPlain && flags.includes('#'),
        width: this.bounded('printfWidth', width === undefined ? undefined : Math.abs(width)),
        precision: this.bounded('printfPrecision', precision),
      };
      this.text.add(this.formatter.format(this.args[this.argument], spec));
      this.argument++;
    }
  }

  private readFlags(): string {
    const start = this.offset;
    while (this.offset < this.source.length && '#0+- '.includes(this.source.charAt(this.offset))) {
      this.offset++;
    }
    return this.source.slice(start, this.offset);
  }

  private readWidth(): number | undefined {
    if (this.source[this.offset] === '*') {
      this.offset++;
      const width = this.numberFromArgument();
      if (width === undefined) this.text.add('%!(BADWIDTH)');
      this.afterIndex = false;
      return width;
    }
    const width = this.readNumber(this.source.length);
    // An index belongs right before the verb, or before a star.
    if (this.afterIndex && width !== undefined) this.indexIsGood = false;
    return width;
  }

  private readPrecision(): number | undefined {
    if (this.source[this.offset] !== '.' || this.offset + 1 >= this.source.length) return undefined;
    this.offset++;
    if (this.afterIndex) this.indexIsGood = false;
    this.readIndex();
    if (this.source[this.offset] !== '*') return this.readNumber(this.source.length) ?? 0;
    this.offset++;
    const given = this.numberFromArgument();
    const precision = given !== undefined && given < 0 ? undefined : given;
    if (precision === undefined) this.text.add('%!(BADPREC)');
    this.afterIndex = false;
    return precision;
  }

  /** index = "[" number "]" , from 1. */
  private readIndex(): void {
    this.afterIndex = false;
    if (this.source[this.offset] !== '[') return;
    this.usedIndexes = true;
    const end = this.lastBracket > this.offset ? this.source.indexOf(']', this.offset + 1) : -1;
    // The shortest index, `[1]`, takes three characters; anything shorter Go does not look into.
    if (end < 0 || this.source.length - this.offset < 3) {
      this.offset++;
      this.indexIsGood = false;
      return;
    }
    this.offset++;
    const number = this.readNumber(end);
    const isWhole = number !== undefined && this.offset === end;
    this.offset = end + 1;
    this.afterIndex = isWhole;
    if (isWhole && number >= 1 && number <= this.args.length) this.argument = number - 1;
    else this.indexIsGood = false;
  }

  /** @returns undefined, at the end, for a number too large to be meant */
  private readNumber(end: number): number | undefined {
    let number: number | undefined;
    while (this.offset < end) {
      const digit = this.source.charCodeAt(this.offset) - 0x30;
      if (!(digit >= 0 && digit <= 9)) break;
      if ((number ?? 0) > MAX_NUMBER) {
        this.offset = end;
        return undefined;
      }
      number = (number ?? 0) * 10 + digit;
      this.offset++;
    }
    return number;
  }

  private numberFromArgument(): number | undefined {
    const arg = this.args[this.argument];
    if (this.argument < this.args.length) this.argument++;
    if (!(arg instanceof Integer)) return undefined;
    const number = arg.asNumber;
    return Math.abs(number) > MAX_NUMBER ? undefined : number;
  }

  private bounded(limit: 'printfWidth' | 'printfPrecision', number: number | undefined): number | undefined {
    if (number !== undefined && number > this.limits.limits[limit]) this.limits.exceeded(limit);
    return number;
  }

  private addExtraArguments(): void {
    this.text.add('%!(EXTRA ');
    for (let i = this.argument; i < this.args.length; i++) {
      const arg = this.args[i];
      if (i > this.argument) this.text.add(', ');
      if (arg !== null && arg !== undefined) this.text.add(`${typeName(arg)}=`);
      this.text.add(this.formatter.print(arg));
    }
    this.text.add(')');
  }
}
