import { describe, expect, test, vi } from 'vitest';
import { DocumentCache } from '#documents/document-cache.js';

function cacheOfNumbers(maxBytes = 1_000) {
  const onUnreadable = vi.fn();
  const read = vi.fn((_key: string, body: string) => {
    if (Number.isNaN(Number(body))) throw new Error(`no number: ${body}`);
    return Number(body);
  });
  const clock = { time: 1, now: () => clock.time };
  const cache = new DocumentCache({ maxBytes, sizeOf: () => 10, read, onUnreadable, clock });
  const put = (key: string, revision: number, body: string | null) => cache.put({ key, revision, body });
  return { cache, put, read, onUnreadable, clock };
}

describe('a document cache', () => {
  test('lets go of what it is told to, and may take it again in the same state', () => {
    const { cache, put } = cacheOfNumbers();
    put('a', 5, '5');
    put('b', 5, null);
    cache.drop('a');
    cache.drop('b');
    expect([cache.find('a'), cache.find('b')]).toEqual([undefined, undefined]);
    expect(put('a', 5, '5')).toBe(true);
  });

  test('tells what is there, what is known to be absent, and what it does not know', () => {
    const { cache, put } = cacheOfNumbers();
    put('a', 1, '7');
    put('b', 1, null);
    expect([cache.find('a'), cache.find('b'), cache.find('c')]).toEqual([7, null, undefined]);
    expect([cache.knows('a'), cache.knows('b'), cache.knows('c')]).toEqual([true, true, false]);
  });

  test('takes nothing that is older than what it holds, in whatever order it comes', () => {
    const { cache, put } = cacheOfNumbers();
    put('a', 5, '5');
    expect(put('a', 4, '4')).toBe(false);
    expect(put('a', 4, null)).toBe(false);
    expect(cache.find('a')).toBe(5);
    expect(put('a', 6, null)).toBe(true);
    expect(put('a', 5, '5')).toBe(false);
    expect(cache.find('a')).toBe(null);
  });

  test('reads a document on its first use only', () => {
    const { cache, put, read } = cacheOfNumbers();
    put('a', 1, '1');
    expect(read).not.toHaveBeenCalled();
    cache.find('a');
    cache.find('a');
    expect(read).toHaveBeenCalledTimes(1);
  });

  test('keeps the state before an unreadable one, and tells of it once', () => {
    const { cache, put, onUnreadable } = cacheOfNumbers();
    put('a', 1, '1');
    cache.find('a');
    put('a', 2, 'junk');
    expect([cache.find('a'), cache.find('a')]).toEqual([1, 1]);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(expect.any(Error), 'a', 2);
    put('a', 3, '3');
    expect(cache.find('a')).toBe(3);
  });

  test('keeps a state that nobody has asked for yet before an unreadable one', () => {
    const { cache, put } = cacheOfNumbers();
    put('a', 1, '1');
    put('a', 2, 'junk');
    expect(cache.find('a')).toBe(1);
  });

  test('fails for an unreadable document with nothing before it', () => {
    const { cache, put } = cacheOfNumbers();
    put('a', 1, 'junk');
    expect(() => cache.find('a')).toThrow('feed document a: cannot be read');
    expect(() => cache.find('a')).toThrow('feed document a: cannot be read');
  });

  test('is bounded, and gives up what was not used for longest', () => {
    const { cache, put } = cacheOfNumbers(30);
    for (const key of ['a', 'b', 'c']) put(key, 1, '1');
    cache.find('a');
    put('d', 1, '1');
    expect(['a', 'b', 'c', 'd'].map((key) => cache.find(key))).toEqual([1, undefined, 1, 1]);
  });

  test('loses nothing that exists to a flood of absences, and forgets those soon', () => {
    const { cache, put, clock } = cacheOfNumbers(30);
    put('a', 1, '1');
    for (let index = 0; index < 20_000; index++) put(`absent-${index}`, 1, null);
    expect(cache.find('a')).toBe(1);
    expect(cache.find('absent-0')).toBe(undefined);
    expect(cache.find('absent-19999')).toBe(null);
    clock.time += 5_001;
    expect(cache.find('absent-19999')).toBe(undefined);
  });

  test('forgets absences at once when changes are no longer heard of, and keeps what exists', () => {
    const { cache, put, clock } = cacheOfNumbers();
    put('a', 1, '1');
    put('b', 1, null);
    cache.vouchForAbsences(false);
    expect([cache.find('a'), cache.find('b')]).toEqual([1, undefined]);
    // Found absent meanwhile: so it is for those who asked, and for hardly anybody else.
    put('b', 2, null);
    expect(cache.find('b')).toBe(null);
    clock.time += 51;
    expect(cache.find('b')).toBe(undefined);
    cache.vouchForAbsences(true);
    put('b', 3, null);
    clock.time += 4_000;
    expect(cache.find('b')).toBe(null);
  });

  test('remembers absences in bounded memory, however long their keys are', () => {
    const { cache, put } = cacheOfNumbers();
    const remembered = (lengthOfKey: number, count: number) => {
      const keys = Array.from({ length: count }, (_, index) => String(index).padStart(lengthOfKey, 'x'));
      for (const key of keys) put(key, 1, null);
      return keys.filter((key) => cache.find(key) === null).length;
    };
    expect(remembered(68, 10_000)).toBe(10_000);
    expect(remembered(550, 10_000)).toBeLessThan(3_000);
  });
});
