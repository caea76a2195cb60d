import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PreparedHead } from '#http/prepared-head.js';
import { RequestIds } from '#http/request-ids.js';

const numbers = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.constantFrom(9, 10, 99, 100, 999_998, 999_999, 1_000_000, 1_000_001, 2 ** 31, 2 ** 32, 999_999_999_999),
  fc.integer({ min: 1, max: 999_999_999_999 }),
);

test('a prepared head says of each request the id that it has elsewhere, in whatever order they are answered', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(numbers, fc.integer({ min: 0, max: 25 })), { maxLength: 20 }), (starts) => {
      const ids = new RequestIds();
      const head = new PreparedHead(ids);
      for (const [start, following] of starts) {
        for (let id = start; id <= Math.min(start + following, 999_999_999_999); id++) {
          const value = Buffer.from(head.valueFor(id)).toString();
          expect(value).toBe(head.valueWith(ids.textOf(id), ''));
          expect(value).toBe(`application/json\r\nkeep-alive: timeout=7\r\nx-request-id: ${ids.textOf(id)}`);
        }
      }
    }),
  );
});
