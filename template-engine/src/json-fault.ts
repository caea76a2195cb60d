/** Objects and lists within each other that are read, as in Go's encoding/json. */
const DEEPEST = 10_000;

/** What is wrong with a text that is no JSON, or is more than is read of it. */
export type JsonFaultReason =
  | 'unexpected character'
  | 'unexpected end'
  | 'number out of range'
  | 'nested too deeply';

export interface JsonFault {
  readonly reason: JsonFaultReason;
  /** Of the first UTF-16 unit with which the text cannot go on; of a number out of range, of its start. */
  readonly index: number;
}

/**
 * Finds the first thing that is wrong with a JSON text by the grammar of RFC 8259. Meant for texts that
 * were refused already, to say where: the words of `JSON.parse` differ between versions of V8. Takes time
 * that grows with the text alone, and no stack.
 *
 * @returns undefined if nothing is
 */
export function findJsonFault(text: string): JsonFault | undefined {
  return new Scanner(text).scan();
}

/** What may come next, beside blanks. */
type Expected = 'value' | 'value or end of list' | 'key' | 'key or end of object' | 'colon' | 'comma or end';

const code = (char: string) => char.charCodeAt(0);
const TAB = code('\t');
const LINE_FEED = code('\n');
const RETURN = code('\r');
const BLANK = code(' ');
const QUOTE = code('"');
const BACKSLASH = code('\\');
const COMMA = code(',');
const COLON = code(':');
const LIST = code('[');
const LIST_END = code(']');
const OBJECT = code('{');
const OBJECT_END = code('}');
const MINUS = code('-');
const ZERO = code('0');
const NINE = code('9');

const LITERALS: ReadonlyMap<number, string> = new Map(
  ['true', 'false', 'null'].map((literal) => [code(literal), literal]),
);
const ESCAPED = '"\\/bfnrt';
const HEX = /[\da-fA-F]/;

class Scanner {
  readonly #text: string;
  #index = 0;
  #fault: JsonFault | undefined;
  /** The ends of the objects and lists that are open. */
  readonly #ends: number[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonFault | undefined {
    let expected: Expected = 'value';
    while (this.#fault === undefined) {
      this.#skipBlanks();
      if (expected === 'comma or end' && this.#ends.length === 0) {
        if (this.#index < this.#text.length) this.#unexpected();
        break;
      }
      expected = this.#step(expected);
    }
    return this.#fault;
  }

  /** The UTF-16 unit that is next; NaN at the end. */
  get #next(): number {
    return this.#text.charCodeAt(this.#index);
  }

  #step(expected: Expected): Expected {
    switch (expected) {
      case 'value or end of list':
        return this.#takes(LIST_END) ? this.#close() : this.#value();
      case 'value':
        return this.#value();
      case 'key or end of object':
        if (this.#takes(OBJECT_END)) return this.#close();
        this.#string();
        return 'colon';
      case 'key':
        this.#string();
        return 'colon';
      case 'colon':
        if (!this.#takes(COLON)) this.#unexpected();
        return 'value';
      case 'comma or end': {
        const end = this.#ends[this.#ends.length - 1];
        if (this.#takes(COMMA)) return end === OBJECT_END ? 'key' : 'value';
        if (end !== undefined && this.#takes(end)) return this.#close();
        this.#unexpected();
        return expected;
      }
      default:
        return expected satisfies never;
    }
  }

  #close(): Expected {
    this.#ends.pop();
    return 'comma or end';
  }

  #value(): Expected {
    const first = this.#next;
    if (first === QUOTE) this.#string();
    else if (first === OBJECT) return this.#open(OBJECT_END, 'key or end of object');
    else if (first === LIST) return this.#open(LIST_END, 'value or end of list');
    else if (first === MINUS || isDigit(first)) this.#number();
    else this.#literal(LITERALS.get(first));
    return 'comma or end';
  }

  #open(end: number, expected: Expected): Expected {
    if (this.#ends.length === DEEPEST) this.#report('nested too deeply', this.#index);
    this.#ends.push(end);
    this.#index += 1;
    return expected;
  }

  #literal(literal: string | undefined): void {
    if (literal === undefined) this.#unexpected();
    for (const letter of literal ?? '') if (!this.#takes(code(letter))) this.#unexpected();
  }

  #string(): void {
    if (!this.#takes(QUOTE)) this.#unexpected();
    while (this.#fault === undefined) {
      this.#skipPlain();
      if (this.#takes(QUOTE)) return;
      if (this.#takes(BACKSLASH)) this.#escape();
      else this.#unexpected();
    }
  }

  /** What stands for itself in a string. */
  #skipPlain(): void {
    const text = this.#text;
    let index = this.#index;
    let next = text.charCodeAt(index);
    while (next >= BLANK && next !== QUOTE && next !== BACKSLASH) {
      index += 1;
      next = text.charCodeAt(index);
    }
    this.#index = index;
  }

  #escape(): void {
    const escaped = this.#text.charAt(this.#index);
    if (escaped === 'u') {
      this.#index += 1;
      for (let digit = 0; digit < 4 && this.#fault === undefined; digit += 1) {
        if (HEX.test(this.#text.charAt(this.#index))) this.#index += 1;
        else this.#unexpected();
      }
    } else if (escaped !== '' && ESCAPED.includes(escaped)) this.#index += 1;
    else this.#unexpected();
  }

  #number(): void {
    const start = this.#index;
    this.#takes(MINUS);
    if (!this.#takes(ZERO)) this.#digits();
    if (this.#takes(code('.'))) this.#digits();
    if (this.#takes(code('e')) || this.#takes(code('E'))) {
      if (!this.#takes(code('+'))) this.#takes(MINUS);
      this.#digits();
    }
    if (this.#fault === undefined && !Number.isFinite(Number(this.#text.slice(start, this.#index)))) {
      this.#report('number out of range', start);
    }
  }

  /** At least one. */
  #digits(): void {
    if (!isDigit(this.#next)) this.#unexpected();
    while (isDigit(this.#next)) this.#index += 1;
  }

  #skipBlanks(): void {
    for (let next = this.#next; next <= BLANK; next = this.#next) {
      if (next !== BLANK && next !== LINE_FEED && next !== RETURN && next !== TAB) return;
      this.#index += 1;
    }
  }

  #takes(wanted: number): boolean {
    if (this.#next !== wanted) return false;
    this.#index += 1;
    return true;
  }

  #unexpected(): void {
    const isEnd = this.#index === this.#text.length;
    this.#report(isEnd ? 'unexpected end' : 'unexpected character', this.#index);
  }

  /** The first fault is the one that counts. */
  #report(reason: JsonFaultReason, index: number): void {
    this.#fault ??= { reason, index };
  }
}

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

/** Digits in a row with which a number may be out of range that has no exponent, or a short one. */
const MANY_DIGITS = 200;
const LONG_EXPONENT = /[eE]\+?\d{3,}(?:[\s,\]}]|$)/;

/**
 * Whether a text that is JSON may hold a number out of range, or be nested too deeply: to be asked of every
 * text, while {@link findJsonFault} is for those that it is true of.
 */
export function mayExceedJson(text: string): boolean {
  // The shortest text that is too deep has a start and an end for each level.
  if (text.length > 2 * DEEPEST && hasManyOf(text, '[', '{')) return true;
  return LONG_EXPONENT.test(text) || (text.length > MANY_DIGITS && hasManyDigits(text));
}

function hasManyOf(text: string, ...chars: string[]): boolean {
  let count = 0;
  for (const char of chars) {
    for (let index = text.indexOf(char); index >= 0; index = text.indexOf(char, index + 1)) {
      count += 1;
      if (count > DEEPEST) return true;
    }
  }
  return false;
}

/** Looks at one character in so many: a long row of digits covers one of those. */
function hasManyDigits(text: string): boolean {
  for (let index = MANY_DIGITS - 1; index < text.length; index += MANY_DIGITS) {
    if (!isDigit(text.charCodeAt(index))) continue;
    let start = index;
    let end = index + 1;
    while (start > 0 && isDigit(text.charCodeAt(start - 1))) start -= 1;
    while (isDigit(text.charCodeAt(end))) end += 1;
    if (end - start >= MANY_DIGITS) return true;
  }
  return false;
}
