import { describe, expect, it } from 'vitest';
import { InvalidJsonError, invalidUtf8, type JsonTrouble, parseJson } from '#json.js';
import { findJsonFault } from '#json-fault.js';

function troubleOf(text: string): JsonTrouble | undefined {
  try {
    parseJson(text);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidJsonError) return error.trouble;
    throw error;
  }
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('a text that is no JSON', () => {
  it.each<[string, string, number, number, number]>([
    ['', 'unexpected end', 0, 1, 1],
    [' \n ', 'unexpected end', 3, 2, 2],
    ['{', 'unexpected end', 1, 1, 2],
    ['{"a": 1', 'unexpected end', 7, 1, 8],
    ['{"a": 1,}', 'unexpected character', 8, 1, 9],
    ['{"a" 1}', 'unexpected character', 5, 1, 6],
    ['{a: 1}', 'unexpected character', 1, 1, 2],
    ["{'a': 1}", 'unexpected character', 1, 1, 2],
    ['[1 2]', 'unexpected character', 3, 1, 4],
    ['[1,]', 'unexpected character', 3, 1, 4],
    ['[,]', 'unexpected character', 1, 1, 2],
    ['[}', 'unexpected character', 1, 1, 2],
    ['{} {}', 'unexpected character', 3, 1, 4],
    ['01', 'unexpected character', 1, 1, 2],
    ['1.', 'unexpected end', 2, 1, 3],
    ['[1.e5]', 'unexpected character', 3, 1, 4],
    ['[+1]', 'unexpected character', 1, 1, 2],
    ['[-]', 'unexpected character', 2, 1, 3],
    ['[NaN]', 'unexpected character', 1, 1, 2],
    ['[Infinity]', 'unexpected character', 1, 1, 2],
    ['[nul]', 'unexpected character', 4, 1, 5],
    ['tru', 'unexpected end', 3, 1, 4],
    ['"abc', 'unexpected end', 4, 1, 5],
    ['"a\tb"', 'unexpected character', 2, 1, 3],
    ['"a\nb"', 'unexpected character', 2, 1, 3],
    ['"\\x"', 'unexpected character', 2, 1, 3],
    ['"\\u12g4"', 'unexpected character', 5, 1, 6],
    ['// no\n1', 'unexpected character', 0, 1, 1],
    ['\ufeff{}', 'unexpected character', 0, 1, 1],
    ['[1]\u00a0', 'unexpected character', 3, 1, 4],
    ['{\n  "name": "Zoë 🦊",\n  "é": oops\n}', 'unexpected character', 33, 3, 8],
    ['[1, 1e999]', 'number out of range', 4, 1, 5],
    ['{"a":\n -1e309}', 'number out of range', 7, 2, 2],
    [`[${'9'.repeat(310)}]`, 'number out of range', 1, 1, 2],
    [`[1${'0'.repeat(250)}.5E+99 ]`, 'number out of range', 1, 1, 2],
    [nested(10_001), 'nested too deeply', 10_000, 1, 10_001],
    ['['.repeat(1024 * 1024), 'nested too deeply', 10_000, 1, 10_001],
    ['{"a":'.repeat(200_000), 'nested too deeply', 50_000, 1, 50_001],
  ])('says where: %.60s', (text, reason, offset, line, column) => {
    expect(troubleOf(text)).toEqual({ reason, offset, line, column });
  });

  it('is refused in time that grows with its length alone', () => {
    const length = 1024 * 1024;
    const start = performance.now();
    for (const piece of [
      '[',
      '{"a":',
      '"\\u',
      '1e3,',
      '9',
      '[]',
      '[1e400',
      ' ',
      '\\',
      '"a',
      `${'9'.repeat(199)},`,
    ]) {
      parseOrRefuse(piece.repeat(length / piece.length));
      parseOrRefuse(`[${piece.repeat(length / piece.length)}`);
    }
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

function parseOrRefuse(text: string): void {
  try {
    parseJson(text);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidJsonError);
  }
}

describe('a text that is JSON', () => {
  it.each([
    nested(10_000),
    `{"a":${nested(9_999)}}`,
    `[${'{},'.repeat(20_000)}0]`,
    '[1e308, -1.7976931348623157e308, 1e-999, 0e999, 1e+00000308]',
    `[0.${'3'.repeat(400)}, ${'9'.repeat(308)}]`,
    '["1e999", "a1e999,", "[[["]',
    '"1e9999,"',
  ])('is read, however near it is to what is not: %.60s', (text) => {
    expect(() => parseJson(text)).not.toThrow();
    expect(findJsonFault(text)).toBeUndefined();
  });

  it('has the last of the values that a key is given', () => {
    expect(parseJson('{"a":1,"b":2,"a":3}')).toEqual({ a: 3, b: 2 });
  });

  it('may have any key, of the prototype too', () => {
    const value = parseJson('{"__proto__":{"x":1},"constructor":2,"__proto__":{"y":3}}');
    expect(Object.entries(value as object)).toEqual([
      ['__proto__', { y: 3 }],
      ['constructor', 2],
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});

describe('random texts, nearly JSON', () => {
  const CASES = 3_000;
  const next = numbers(20_261_121);
  const below = (end: number) => Math.floor(next() * end);
  const PIECES = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    'u',
    '0',
    '1',
    '-',
    '.',
    'e',
    '+',
    't',
    'null',
    ' ',
    '\n',
    '\u0001',
    'é',
    '🦊',
  ];

  it(`are faulty where JSON.parse refuses them, at the first place from which nothing leads on (${CASES} of them)`, () => {
    let faulty = 0;
    for (let number = 0; number < CASES; number += 1) {
      const text = mutated(JSON.stringify(value(3), null, below(3)));
      const fault = findJsonFault(text);
      expect(fault === undefined || fault.reason === 'number out of range', text).toBe(isJson(text));
      if (fault === undefined || fault.reason === 'number out of range') continue;
      faulty += 1;
      const { reason, index } = fault;
      expect(canGoOn(text.slice(0, index)), `${text} before ${index}`).toBe(true);
      if (reason === 'unexpected end') expect(index).toBe(text.length);
      else expect(canGoOn(text.slice(0, index + 1)), `${text} at ${index}`).toBe(false);
    }
    expect(faulty).toBeGreaterThan(CASES / 2);
  });

  function value(depth: number): unknown {
    const kind = below(depth === 0 ? 5 : 7);
    if (kind === 0) return below(2) === 0;
    if (kind === 1) return null;
    if (kind === 2) return below(2_000) / 8 - 100;
    if (kind === 3) return 1.5e-7 * below(9);
    if (kind === 4) return ['', 'a', '"\\\n', 'Zoë 🦊', '\u0002'][below(5)];
    const items = Array.from({ length: below(4) }, () => value(depth - 1));
    return kind === 5
      ? items
      : Object.fromEntries(items.map((item, index) => [`k${index}\n`.slice(0, 1 + below(3)), item]));
  }

  function mutated(text: string): string {
    let result = text;
    for (let left = below(3); left > 0; left -= 1) {
      const at = below(result.length + 1);
      const piece = below(3) === 0 ? '' : (PIECES[below(PIECES.length)] ?? '');
      result = result.slice(0, at) + piece + result.slice(at + below(3));
    }
    return result;
  }
});

/** Whether anything that is put behind a text makes it JSON; tries whatever may be amiss at its end. */
function canGoOn(text: string): boolean {
  const inString = /^(?:[^"]|"(?:[^"\\]|\\.)*")*"(?:[^"\\]|\\.)*\\?$/s.test(text);
  const ends: string[] = [];
  for (const char of text.replace(/"(?:[^"\\]|\\.)*("|\\?$)/gs, '')) {
    if (char === '{') ends.unshift('}');
    else if (char === '[') ends.unshift(']');
    else if (char === '}' || char === ']') ends.shift();
  }
  const afterString = ['"', '0"', '00"', '000"', '0000"', 'n"', 'u0000"'].flatMap((end) => [end, `${end}:0`]);
  const afterOther = ['', '0', ':0', '"":0', 'true', 'rue', 'ue', 'e', 'alse', 'lse', 'se', 'ull', 'll', 'l'];
  return (inString ? afterString : afterOther).some((end) => isJson(text + end + ends.join('')));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Park and Miller's minimal generator: from 0 to 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('bytes that are not UTF-8', () => {
  it.each<[string, number[], number, number, number]>([
    ['a byte that begins nothing', [0x7b, 0xff, 0x7d], 1, 1, 2],
    ['a byte that goes on with nothing', [0x22, 0x0a, 0xbf], 2, 2, 1],
    ['a character that is cut off', [0x61, 0xc3, 0xab, 0xe2, 0x82], 3, 1, 3],
    ['a character broken by another', [0xe2, 0x28, 0xa1], 0, 1, 1],
    ['a slash in two bytes', [0x2f, 0xc0, 0xaf], 1, 1, 2],
    ['a slash in three bytes', [0xe0, 0x80, 0xaf], 0, 1, 1],
    ['half of a character of UTF-16', [0xed, 0xa0, 0x80], 0, 1, 1],
    ['beyond the last character', [0xf0, 0x9f, 0xa6, 0x8a, 0xf4, 0x90, 0x80, 0x80], 4, 1, 2],
  ])('%s', (_name, bytes, offset, line, column) => {
    expect(invalidUtf8(Uint8Array.from(bytes)).trouble).toEqual({
      reason: 'invalid UTF-8',
      offset,
      line,
      column,
    });
  });

  it('end where a decoder puts the first U+FFFD', () => {
    const next = numbers(7);
    for (let number = 0; number < 2_000; number += 1) {
      const bytes = Buffer.from('aé€🦊\n'.repeat(2)).map((byte) =>
        next() < 0.05 ? Math.floor(next() * 256) : byte,
      );
      const text = Buffer.from(bytes).toString('utf8');
      const before = text.split('\ufffd')[0] ?? '';
      if (before === text) continue;
      expect(invalidUtf8(bytes).trouble.offset).toBe(Buffer.byteLength(before));
    }
  });
});
