import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, membersOf, type Span } from '#batch/json-outline.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const wholeOf = (bytes: Uint8Array): Span => ({ start: 0, end: bytes.length });
const textIn = (bytes: Uint8Array, { start, end }: Span) =>
  new TextDecoder().decode(bytes.subarray(start, end));

const NAMES = ['slug', 'team_id', 'a1'];
const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...NAMES, 'slu', 'slugs', 'SLUG'));
const spaces = fc.constantFrom(undefined, 1, '\t', ' \n\r');

test('of any JSON, the outline finds each member and each element whole', () => {
  fc.assert(
    fc.property(fc.dictionary(name, fc.jsonValue()), spaces, (object, space) => {
      const bytes = bytesOf(JSON.stringify(object, null, space));
      const members = membersOf(bytes, wholeOf(bytes), NAMES, 1_000);
      const read = [...(members ?? [])].map(([name, span]) => [name, JSON.parse(textIn(bytes, span))]);
      const wanted = NAMES.filter((name) => Object.hasOwn(object, name));
      const whole = JSON.parse(JSON.stringify(object));
      expect(Object.fromEntries(read)).toEqual(Object.fromEntries(wanted.map((name) => [name, whole[name]])));
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), spaces, (array, space) => {
      const bytes = bytesOf(JSON.stringify(array, null, space));
      const elements = elementsOf(bytes, wholeOf(bytes), 1_000);
      expect(elements?.map((span) => JSON.parse(textIn(bytes, span)))).toEqual(
        JSON.parse(JSON.stringify(array)),
      );
    }),
  );
});

test('whatever the bytes are, spans lie within them and in order', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '"a"',
    '1',
    ' ',
    '{"a":[1]}',
    '\u00e9',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), fc.constantFrom('{}', '[]'), (middle, brackets) => {
      const bytes = bytesOf(`${brackets[0]}${middle.join('')}${brackets[1]}`);
      const found = [
        ...(membersOf(bytes, wholeOf(bytes), ['a'], 1_000)?.values() ?? []),
        ...(elementsOf(bytes, wholeOf(bytes), 100) ?? []),
      ];
      for (const { start, end } of found) {
        expect([start > 0, start <= end, end < bytes.length]).toEqual([true, true, true]);
      }
    }),
    { numRuns: 1_000 },
  );
});

describe('what is no object or array by its outline is none', () => {
  test.each([
    '',
    ' ',
    'x',
    '{',
    '}',
    '[1]',
    '{"a"}',
    '{"a" 1}',
    '{a:1}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a":1} x',
  ])('no object: %s', (text) =>
    expect(membersOf(bytesOf(text), wholeOf(bytesOf(text)), ['a'], 9)).toBeUndefined(),
  );
  test.each(['', '[', ']', '{}', '[1] 2', '["a" "b"]'])('no array: %s', (text) =>
    expect(elementsOf(bytesOf(text), wholeOf(bytesOf(text)), 9)).toBeUndefined(),
  );
});

test.each<[string, string | undefined]>([
  ['slug', '1'],
  ['\\u0073lug', '1'],
  ['slu\\u0067', '1'],
  ['\\u0073\\u006C\\u0075\\u0067', '1'],
  ['slu', undefined],
  ['slugg', undefined],
  ['slu\\u0067g', undefined],
  ['slu\\u006', undefined],
  ['slu\\u00zz', undefined],
  ['slu\\g', undefined],
  ['slu\\"g', undefined],
  ['', undefined],
])('a name may be written with escapes: "%s"', (written, value) => {
  const bytes = bytesOf(`{"x":0,"${written}":1}`);
  const span = membersOf(bytes, wholeOf(bytes), ['slug'], 9)?.get('slug');
  expect(span && textIn(bytes, span)).toBe(value);
});

test('members are looked through up to a number of them, and read no other way than by their outline', () => {
  const bytes = bytesOf(`{${'"\\x":1,'.repeat(8)}"slug":2}`);
  expect(membersOf(bytes, wholeOf(bytes), ['slug'], 9)?.size).toBe(1);
  expect(membersOf(bytes, wholeOf(bytes), ['slug'], 8)).toBeUndefined();
});

test('elements are looked for up to a number of them', () => {
  const bytes = bytesOf(`[${'0,'.repeat(1_000)}0]`);
  expect(elementsOf(bytes, wholeOf(bytes), 7)?.length).toBe(7);
});
