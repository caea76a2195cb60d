import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { FeedDocument } from '@px0/contract';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openSnapshot } from '#snapshot/read-snapshot.js';
import {
  encodeChecksum,
  encodeFooter,
  encodeOpening,
  encodeRecordHead,
  FOOTER_BYTES,
  OPENING_BYTES,
  RECORD_HEAD_BYTES,
  type RecordHead,
  type SnapshotHeader,
  SnapshotRefusedError,
} from '#snapshot/snapshot-format.js';
import { writeSnapshot } from '#snapshot/write-snapshot.js';

const directory = mkdtempSync(path.join(tmpdir(), 'px0-snapshot-'));
const file = path.join(directory, 'gateway.snapshot');
afterAll(() => rmSync(directory, { recursive: true }));

const header: SnapshotHeader = {
  house: 'a house',
  position: { epoch: 'an epoch', revision: 1_763_000_000_000 },
  currentAt: 1_763_000_000_123,
};
const document = (key: string, body: string | null, revision = 7): FeedDocument => ({ key, revision, body });
const SMALL = [document('slug:a', '{"a":1}'), document('key:ü', '"ключ 🔑"', 1_763_000_000_001)];

function read(): { header: SnapshotHeader; documents: FeedDocument[] } {
  const { house, position, currentAt, documents, close } = openSnapshot(file);
  try {
    return { header: { house, position, currentAt }, documents: [...documents] };
  } finally {
    close();
  }
}

describe('a snapshot', () => {
  test('gives back what was written, to whom it belongs only', async () => {
    const written = await writeSnapshot(file, header, SMALL);
    expect(read()).toEqual({ header, documents: SMALL });
    expect(written).toEqual({ documents: 2, bytes: statSync(file).size });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['gateway.snapshot']);
  });

  test('gives back any documents whatever, and leaves absences out', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      // Longer than what is written at a time, of one to four bytes a character.
      fc
        .tuple(
          fc.constantFrom('x', 'ü', '漢', '🔑', 'x🔑'),
          fc.constantFrom(10_000, 32_768, 43_690, 43_691, 90_000),
        )
        .map(([unit, length]) => unit.repeat(length)),
    );
    const documents = fc.array(
      fc.record({ key: text, revision: fc.maxSafeNat(), body: fc.option(text, { freq: 5 }) }),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(documents, fc.maxSafeNat(), fc.string(), async (given, revision, epoch) => {
        const told = { ...header, position: { epoch, revision } };
        await writeSnapshot(file, told, given);
        expect(read()).toEqual({ header: told, documents: given.filter(({ body }) => body !== null) });
      }),
      { numRuns: 25 },
    );
  });

  test('lets others have their turn while a large one is written', async () => {
    const bodies = Array.from({ length: 20_000 }, (_, index) => document(`prompt:${index}`, 'x'.repeat(900)));
    let turns = 0;
    const count = setInterval(() => {
      turns += 1;
    }, 1);
    await writeSnapshot(file, header, [...bodies, document('version:long', 'y'.repeat(10_000_000))]);
    clearInterval(count);
    expect(turns).toBeGreaterThan(10);
  });

  test('can be written while the documents change under it', async () => {
    const held = new Map(Array.from({ length: 5_000 }, (_, index) => [`prompt:${index}`, 'x'.repeat(500)]));
    function* walk() {
      for (const [key, body] of held) yield document(key, body);
    }
    let isWritten = false;
    const writing = writeSnapshot(file, header, walk()).finally(() => {
      isWritten = true;
    });
    let changes = 0;
    for (; !isWritten; await nextTurn()) {
      changes += 1;
      for (const key of [...held.keys()].slice(0, 10)) held.delete(key);
      held.set(`late:${changes}`, 'new');
    }
    const { documents } = await writing;
    expect(changes).toBeGreaterThan(1);
    expect(read().documents).toHaveLength(documents);
  });
});

describe('a file that is not, byte by byte, what was written', () => {
  async function small(): Promise<Buffer> {
    await writeSnapshot(file, header, SMALL);
    return readFileSync(file);
  }
  /** @returns the refusal, of some bytes in the file's place */
  function refusalOf(bytes: Uint8Array): string {
    writeFileSync(file, bytes);
    try {
      read();
    } catch (error) {
      if (error instanceof SnapshotRefusedError) return error.message;
      throw error;
    }
    throw new Error('it was read');
  }

  test('is refused, whichever byte was flipped and however', async () => {
    const whole = await small();
    for (let at = 0; at < whole.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8((bytes[at] ?? 0) ^ mask, at);
        expect(refusalOf(bytes)).toMatch(/^its? /);
      }
    }
  });

  test('is refused, wherever it was cut off, and if a byte is missing or one too many anywhere', async () => {
    const whole = await small();
    for (let at = 0; at < whole.length; at++) {
      const [before, after] = [whole.subarray(0, at), whole.subarray(at)];
      expect(refusalOf(before)).toMatch(/^its? /);
      expect(refusalOf(Buffer.concat([before, after.subarray(1)]))).toMatch(/^its? /);
      for (const byte of [0, whole[at] ?? 0, 255]) {
        expect(refusalOf(Buffer.concat([before, Buffer.of(byte), after]))).toMatch(/^its? /);
      }
    }
    expect(refusalOf(Buffer.concat([whole, Buffer.alloc(100)]))).toMatch(/^its? /);
    expect(refusalOf(Buffer.concat([whole, whole]))).toMatch(/^its? /);
  });

  test('is refused, whatever else happened to it', async () => {
    const whole = await small();
    const place = fc.nat({ max: whole.length - 1 });
    const change = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(change, (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, mask] of changes) bytes.writeUInt8((bytes[at] ?? 0) ^ mask, at);
        fc.pre(!bytes.equals(whole));
        expect(refusalOf(bytes)).toMatch(/^its? /);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refusalOf(bytes)).toMatch(/^its? /);
      }),
      { numRuns: 500 },
    );
  });

  test('says what is wrong', async () => {
    const whole = await small();
    expect(refusalOf(Buffer.of())).toBe('it is cut off');
    expect(refusalOf(Buffer.alloc(100, 'some other file'))).toBe('it is no snapshot');
    const newer = Buffer.from(whole);
    newer.writeUInt8(2, 13);
    expect(refusalOf(newer)).toBe('it has the format 2, and this gateway reads 1');
    expect(refusalOf(whole.subarray(0, -1))).toBe('it has not the length that it had');
    const flipped = Buffer.from(whole);
    flipped.write('x', 100);
    expect(refusalOf(flipped)).toBe('its checksum is wrong');
  });
});

describe('what has a checksum that is right and is no snapshot all the same is refused', () => {
  /** @param records their heads; two records and their 3 bytes of key and body each would be right */
  function write(count: number, records: readonly RecordHead[], head: Buffer = encodeOpening(header)): void {
    const parts = [head];
    for (const record of records) {
      const bytes = Buffer.alloc(RECORD_HEAD_BYTES);
      encodeRecordHead(bytes, 0, record);
      parts.push(bytes, Buffer.from('abc'));
    }
    const length = Buffer.concat(parts).length + FOOTER_BYTES;
    const checked = Buffer.concat([...parts, encodeFooter(count, length)]);
    writeFileSync(file, Buffer.concat([checked, encodeChecksum(crc32(checked))]));
  }
  const right: RecordHead = { keyBytes: 1, bodyBytes: 2, revision: 1 };

  test('unless it is as it should be', () => {
    write(2, [right, right]);
    expect(read().documents).toEqual([document('a', 'bc', 1), document('a', 'bc', 1)]);
  });

  test.each<[string, () => void, string]>([
    ['fewer records', () => write(1, [right, right]), 'more in it'],
    ['more records', () => write(3, [right, right]), 'no revision|cut off|more in it'],
    ['records beyond all number', () => write(2 ** 50, [right]), 'no revision|cut off|more in it'],
    [
      'a body that is longer than the file',
      () => write(1, [{ ...right, bodyBytes: 2 ** 32 - 1 }]),
      'cut off',
    ],
    ['a revision that is no number', () => write(1, [{ ...right, revision: Number.NaN }]), 'no revision'],
    [
      'a header that is no JSON',
      () => write(0, [], Buffer.from(encodeOpening(header)).fill('x', OPENING_BYTES)),
      'no JSON',
    ],
  ])('%s', (_what, make, reason) => {
    make();
    expect(read).toThrow(SnapshotRefusedError);
    expect(read).toThrow(new RegExp(reason));
  });
});
