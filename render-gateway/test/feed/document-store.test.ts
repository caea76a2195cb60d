import type { FeedDocument } from '@px0/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { DocumentStore } from '#feed/document-store.js';

const document = (revision: number, key: string, body: string | null): FeedDocument => ({
  key,
  revision,
  body,
});

let evicted: string[];
let store: DocumentStore;
beforeEach(() => {
  evicted = [];
  store = new DocumentStore({ maxBytes: 10_000, onEvict: (key) => evicted.push(key) });
});

describe('a document store', () => {
  it('takes only what is newer', () => {
    expect(store.apply(document(5, 'a', 'A5'))).toBe(true);
    expect(store.apply(document(4, 'a', 'A4'))).toBe(false);
    expect(store.apply(document(5, 'a', 'other'))).toBe(false);
    expect(store.find('a')).toEqual(document(5, 'a', 'A5'));
    expect(store.apply(document(6, 'a', null))).toBe(true);
    expect(store.find('a')).toBeUndefined();
    expect(store.apply(document(5, 'a', 'A5'))).toBe(false);
    expect(store.find('a')).toBeUndefined();
    expect(store.apply(document(7, 'a', 'A7'))).toBe(true);
    expect(store.find('a')).toEqual(document(7, 'a', 'A7'));
  });

  it('tells a newer revision of the same state from a change', () => {
    store.apply(document(5, 'a', 'A'));
    expect(store.apply(document(6, 'a', 'A'))).toBe(false);
    expect(store.find('a')).toEqual(document(6, 'a', 'A'));
    expect(store.apply(document(7, 'b', null))).toBe(false);
  });

  it('answers absences only while it is told that every change is heard of', () => {
    store.apply(document(5, 'a', null));
    store.vouchForAbsences(true);
    expect(store.find('a')).toBeUndefined();
    store.apply(document(5, 'a', null));
    expect(store.find('a')).toEqual(document(5, 'a', null));
    store.vouchForAbsences(true);
    expect(store.find('a')).toEqual(document(5, 'a', null));
    store.vouchForAbsences(false);
    expect(store.find('a')).toBeUndefined();
    store.vouchForAbsences(true);
    expect(store.find('a')).toBeUndefined();
    store.apply(document(6, 'a', 'A'));
    expect(store.find('a')).toEqual(document(6, 'a', 'A'));
  });

  it('stays within its bound, lets the least recently used go, and says so', () => {
    for (let n = 0; n < 20; n++) store.apply(document(n, `key ${n}`, 'x'.repeat(1_000)));
    expect(store.bytes).toBeLessThanOrEqual(10_000);
    expect(store.count).toBe(8);
    expect(evicted).toEqual(Array.from({ length: 12 }, (_, n) => `key ${n}`));
    store.find('key 12');
    store.apply(document(30, 'more', 'x'.repeat(1_000)));
    expect(store.find('key 12')).toBeDefined();
    expect(store.find('key 13')).toBeUndefined();
  });

  it('is not pushed out of place by unknown keys, nor by what a sweep confirms', () => {
    store.vouchForAbsences(true);
    for (let n = 0; n < 8; n++) store.apply(document(n, `key ${n}`, 'x'.repeat(1_000)));
    const unknown = (n: number) => `key:${String(n).padStart(64, '0')}`;
    for (let n = 0; n < 60_000; n++) store.apply(document(n, unknown(n), null));
    expect(store.confirm(document(100, 'more', 'x'.repeat(1_000)))).toBe(false);
    expect(evicted).toEqual(['more']);
    expect(store.count).toBe(8);
    expect(store.find(unknown(1))).toBeUndefined();
    expect(store.find(unknown(59_999))).toBeDefined();
  });

  it('sweeps out what was not seen since the sweep began, and gives its tombstones', () => {
    store.apply(document(1, 'gone', 'G'));
    store.apply(document(2, 'confirmed', 'C'));
    store.apply(document(3, 'changed', 'D'));
    store.startSweep();
    expect(store.confirm(document(2, 'confirmed', 'C'))).toBe(false);
    expect(store.confirm(document(9, 'changed', 'D2'))).toBe(true);
    expect(store.confirm(document(8, 'new', 'N'))).toBe(true);
    store.apply(document(9, 'looked up', 'L'));
    expect(store.finishSweep(10)).toEqual([document(10, 'gone', null)]);
    expect(store.find('gone')).toBeUndefined();
    expect(['confirmed', 'changed', 'new', 'looked up'].map((key) => store.find(key)?.body)).toEqual([
      'C',
      'D2',
      'N',
      'L',
    ]);
    expect(evicted).toEqual([]);
  });
});
