import { describe, expect, it } from 'vitest';
import { byteOf, Integer, intOf } from '#values/integer.js';

const LARGE = 2n ** 62n;

describe('an integer', () => {
  it.each([0n, -1n, 1023n, 1024n, BigInt(Number.MAX_SAFE_INTEGER), LARGE, LARGE + 1n, -(2n ** 63n)])(
    'of %d keeps every digit',
    (value) => {
      const integer = new Integer('int', value);
      expect(integer.asText).toBe(String(value));
      expect(integer.asBigint).toBe(value);
      expect(integer.isNonZero()).toBe(value !== 0n);
    },
  );

  it('compares exactly, beyond the safe integers too', () => {
    const ascending = [-(2n ** 63n), -LARGE - 1n, -LARGE, -5n, 0n, 7n, LARGE, LARGE + 1n, 2n ** 63n - 1n];
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect(Math.sign(new Integer('int', a).compareTo(new Integer('int', b)))).toBe(Math.sign(i - j));
      }
    }
  });

  it('that is small is made once', () => {
    expect(intOf(1023)).toBe(intOf(1023));
    expect(byteOf(255)).toBe(byteOf(255));
    expect(intOf(255)).not.toBe(byteOf(255));
  });
});
