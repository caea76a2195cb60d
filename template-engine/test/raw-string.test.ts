import { describe, expect, it } from 'vitest';
import { bytesOf, concatenate, type GoString, joinText, RawString, stringOf } from '#values/raw-string.js';

const raw = (...bytes: number[]): RawString => new RawString(Uint8Array.from(bytes));
const NIHON = [0xe6, 0x97, 0xa5];

describe('a string of bytes', () => {
  it.each<[string, number[]]>([
    ['', []],
    ['a\0', [0x61, 0]],
    ['é', [0xc3, 0xa9]],
    ['日', NIHON],
    ['\u{10ffff}', [0xf4, 0x8f, 0xbf, 0xbf]],
    ['\ud7ff\ue000\ufffd', [0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80, 0xef, 0xbf, 0xbd]],
  ])('is the JavaScript string %j if it is UTF-8', (text, bytes) => {
    expect(stringOf(Uint8Array.from(bytes))).toBe(text);
    expect([...bytesOf(text)]).toEqual(bytes);
  });

  it.each<[string, number[], string]>([
    ['a lone continuation', [0x80], '\ufffd'],
    ['a cut character', [0xe6, 0x97], '\ufffd\ufffd'],
    ['a cut character before another', [0xe6, 0x97, 0x61], '\ufffd\ufffda'],
    ['an overlong form', [0xc0, 0x80], '\ufffd\ufffd'],
    ['an overlong form of three bytes', [0xe0, 0x9f, 0xbf], '\ufffd\ufffd\ufffd'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['what lies beyond Unicode', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
    ['bytes that start nothing', [0xff, 0xf5, 0x41], '\ufffd\ufffdA'],
  ])('that holds %s stays bytes, and shows one U+FFFD for each', (_, bytes, shown) => {
    const text = stringOf(Uint8Array.from(bytes));
    expect(text).toBeInstanceOf(RawString);
    expect(String(text)).toBe(shown);
    expect(joinText(['<', text, '>'])).toBe(`<${shown}>`);
  });

  it('holds U+FFFD in place of a lone surrogate', () => {
    expect([...bytesOf('\ud83d')]).toEqual([0xef, 0xbf, 0xbd]);
  });
});

describe('strings side by side', () => {
  const halves: GoString[] = ['a', raw(0xe6), raw(0x97, 0xa5), 'b'];

  it('make characters of their halves', () => {
    expect(concatenate(halves)).toBe('a日b');
    expect(joinText(halves)).toBe('a日b');
  });

  it('stay bytes if a half is left over', () => {
    expect(concatenate(halves.slice(0, 2))).toEqual(raw(0x61, 0xe6));
    expect(joinText(halves.slice(0, 2))).toBe('a\ufffd');
  });
});
