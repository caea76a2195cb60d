import type { Random } from '../random.js';
import { TEXTS } from './samples.js';

const INTEGERS: readonly string[] = [
  '0',
  '1',
  '2',
  '3',
  '5',
  '10',
  '-1',
  '-3',
  '+4',
  '0x1F',
  '0XfF',
  '0xe',
  '0b101',
  '0B11',
  '0o17',
  '0O7',
  '017',
  '1_000',
  '0x_ff',
  '-0',
  '65',
  '128512',
  '255',
  '256',
  '9223372036854775807',
  '-9223372036854775808',
];
const BAD_INTEGERS: readonly string[] = [
  '9223372036854775808',
  '18446744073709551615',
  '18446744073709551616',
  '-9223372036854775809',
  '0xffffffffffffffff',
  '08',
  '1__0',
  '_1',
  '1_',
  '0x',
  '0b2',
  '12a',
  '0xg',
  '+-1',
  '- 1',
];
const FLOATS: readonly string[] = [
  '1.5',
  '.5',
  '1.',
  '-2.5',
  '+0.1',
  '1e3',
  '1E-3',
  '1e+2',
  '0x1p-2',
  '0x1.8p1',
  '0X1P4',
  '1_0.5',
  '-0.0',
  '1e20',
  '1e21',
  '123456789.0',
  '1e100',
  '5e-324',
  '1e-400',
  '00.5',
  '09.5',
  '1e1_0',
];
const BAD_FLOATS: readonly string[] = [
  '1e400',
  '1e',
  '1.2.3',
  '0x1.8',
  '1e+',
  '0x1p',
  '.',
  '1.e',
  '0b1.1',
  '0o1e2',
];
const COMPLEX: readonly string[] = [
  '1i',
  '-2.5i',
  '0i',
  '1+2i',
  '1-2i',
  '-1.5+2.5i',
  '1e3i',
  '1+0i',
  '3.0+0i',
  '073i',
  '0x1p4i',
  '1_0i',
  '.5i',
  '1e21+1e-7i',
];
const BAD_COMPLEX: readonly string[] = [
  '1+2',
  '1i+2',
  '0xi',
  '1+2i3',
  '1++2i',
  'i',
  '0x1i',
  '1e400i',
  '0x1+1i',
];
const RUNES: readonly string[] = [
  "'a'",
  "'0'",
  "'\\n'",
  "'\\''",
  "'\\\\'",
  "'\\x41'",
  "'\\xff'",
  "'\\101'",
  "'\\u00e9'",
  "'\\U0001F600'",
  "'é'",
  "'日'",
  "'😀'",
  "'\"'",
  "' '",
];
const BAD_RUNES: readonly string[] = [
  "'ab'",
  "''",
  "'\\\"'",
  "'\\ud800'",
  "'\\400'",
  "'\\q'",
  "'\\x4'",
  "'a",
  "'\\'",
];

const SMALL_INTEGERS: readonly string[] = ['0', '1', '2', '3', '0x3', '-1', '4', '+2', "'\\x02'"];

const ESCAPES: readonly string[] = [
  '\\a',
  '\\b',
  '\\f',
  '\\n',
  '\\r',
  '\\t',
  '\\v',
  '\\\\',
  '\\"',
  '\\x41',
  '\\x00',
  '\\x7f',
  '\\101',
  '\\u00e9',
  '\\u2028',
  '\\U0001F600',
];
/** Bytes that are no UTF-8, or not by themselves. */
const BYTE_ESCAPES: readonly string[] = [
  '\\xff',
  '\\xc3',
  '\\xa9',
  '\\xc3\\xa9',
  '\\377',
  '\\xe6\\x97',
  '\\xf0\\x9f\\x98\\x80',
  '\\xed\\xa0\\x80',
];
const BAD_ESCAPES: readonly string[] = [
  '\\q',
  "\\'",
  '\\xg0',
  '\\x4',
  '\\ud800',
  '\\U00110000',
  '\\400',
  '\\u12',
  '\n',
];

/** Literals of each kind; now and then one that is none. */
export class Literals {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  integer(): string {
    return this.oneOf(INTEGERS, BAD_INTEGERS);
  }

  /** For a range, an index, a width: few enough to count up to. */
  smallInteger(): string {
    return this.random.pick(SMALL_INTEGERS);
  }

  float(): string {
    return this.oneOf(FLOATS, BAD_FLOATS);
  }

  complex(): string {
    return this.oneOf(COMPLEX, BAD_COMPLEX);
  }

  rune(): string {
    return this.oneOf(RUNES, BAD_RUNES);
  }

  bool(): string {
    return this.random.percent(50) ? 'true' : 'false';
  }

  string(): string {
    const { random } = this;
    if (random.percent(25)) return `\`${random.pick(TEXTS).replaceAll('`', '')}\``;
    if (random.percent(60)) return quoted(random.pick(TEXTS));
    return `"${random.several(0, 4, () => this.stringPart()).join('')}"`;
  }

  private stringPart(): string {
    const { random } = this;
    return random.weighted<() => string>([
      [40, () => random.pick(TEXTS).replace(/["\\\n]/g, '')],
      [40, () => random.pick(ESCAPES)],
      [15, () => random.pick(BYTE_ESCAPES)],
      [1, () => random.pick(BAD_ESCAPES)],
    ])();
  }

  private oneOf(good: readonly string[], bad: readonly string[]): string {
    return this.random.pick(this.random.percent(98) ? good : bad);
  }
}

/** @returns a text between double quotes, escaped as little as Go allows */
export function quoted(text: string): string {
  const body = text.replace(/["\\\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  return `"${body}"`;
}
