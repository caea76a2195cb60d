import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsOf, membersOf, type Span } from '#batch/json-outline.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const wholeOf = (bytes: Uint8Array): Span => ({ start: 0, end: bytes.length });
const textIn = (bytes: Uint8Array, { start, end }: Span) =>
  new TextDecoder().decode(bytes.subarray(start, end));

const spaces = fc.constantFrom(undefined, 1, '\t', ' \n\r');

test('of any JSON, the outline finds each member and each element whole', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), spaces, (object, space) => {
      const bytes = bytesOf(JSON.stringify(object, null, space));
      const members = membersOf(bytes, wholeOf(bytes));
      const read = [...(members ?? [])].map(([name, span]) => [name, JSON.parse(textIn(bytes, span))]);
      expect(new Map(read as [string, unknown][])).toEqual(
        new Map(Object.entries(JSON.parse(JSON.stringify(object)))),
      );
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
        ...(membersOf(bytes, wholeOf(bytes))?.values() ?? []),
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
    '{"\\x":1}',
  ])('no object: %s', (text) => expect(membersOf(bytesOf(text), wholeOf(bytesOf(text)))).toBeUndefined());
  test.each(['', '[', ']', '{}', '[1] 2', '["a" "b"]'])('no array: %s', (text) =>
    expect(elementsOf(bytesOf(text), wholeOf(bytesOf(text)), 9)).toBeUndefined(),
  );
});

test('elements are looked for up to a number of them', () => {
  const bytes = bytesOf(`[${'0,'.repeat(1_000)}0]`);
  expect(elementsOf(bytes, wholeOf(bytes), 7)?.length).toBe(7);
});
