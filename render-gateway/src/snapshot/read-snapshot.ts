import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { FeedDocument } from '@px0/contract';
import {
  CHECKSUM_BYTES,
  decodeFooter,
  decodeHeader,
  decodeOpening,
  decodeRecordHead,
  FOOTER_BYTES,
  OPENING_BYTES,
  RECORD_HEAD_BYTES,
  type SnapshotHeader,
  SnapshotRefusedError,
} from './snapshot-format.js';

const BLOCK_BYTES = 1024 * 1024;

export interface OpenSnapshot extends SnapshotHeader {
  /** How many records there are. */
  readonly count: number;
  readonly bytes: number;
  /** Reads on as it is walked over. */
  readonly documents: Iterable<FeedDocument>;
  close(): void;
}

/**
 * Opens a snapshot, and reads all of it once, to see that nothing in it was flipped, lost or added.
 * What follows reads the same file, whatever takes its place meanwhile. Blocks; holds a mebibyte.
 *
 * @throws {SnapshotRefusedError} for what is not, byte by byte, a snapshot of the format that is read here
 * @throws what the file system throws, as for a file that is not there
 */
export function openSnapshot(file: string): OpenSnapshot {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size < OPENING_BYTES + FOOTER_BYTES) throw new SnapshotRefusedError('it is cut off');
    const input = new FileInput(descriptor, size);
    const headerBytes = decodeOpening(input.take(OPENING_BYTES));
    const { records, fileBytes, checksum } = decodeFooter(tail(descriptor, size));
    if (fileBytes !== size) throw new SnapshotRefusedError('it has not the length that it had');
    if (checksumOf(descriptor, size - CHECKSUM_BYTES) !== checksum) {
      throw new SnapshotRefusedError('its checksum is wrong');
    }
    const header = decodeHeader(input.take(headerBytes));
    checkRecords(new FileInput(descriptor, size), OPENING_BYTES + headerBytes, records);
    return {
      ...header,
      count: records,
      bytes: size,
      documents: readRecords(input, records),
      close: () => closeSync(descriptor),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A checksum that is right says that the bytes are as they were written, not that a snapshot was written. */
function checkRecords(input: FileInput, start: number, records: number): void {
  input.skip(start);
  for (let index = 0; index < records; index++) {
    const { keyBytes, bodyBytes, revision } = decodeRecordHead(input.take(RECORD_HEAD_BYTES));
    if (!Number.isSafeInteger(revision)) throw new SnapshotRefusedError('a record in it has no revision');
    input.skip(keyBytes + bodyBytes);
  }
  if (input.left !== FOOTER_BYTES) throw new SnapshotRefusedError('there is more in it than its records');
}

function* readRecords(input: FileInput, records: number): Generator<FeedDocument> {
  for (let index = 0; index < records; index++) {
    const { keyBytes, bodyBytes, revision } = decodeRecordHead(input.take(RECORD_HEAD_BYTES));
    const key = input.text(keyBytes);
    yield { key, revision, body: input.text(bodyBytes) };
  }
}

function tail(descriptor: number, size: number): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  readFully(descriptor, footer, 0, FOOTER_BYTES, size - FOOTER_BYTES);
  return footer;
}

function checksumOf(descriptor: number, size: number): number {
  const block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, size));
  let checksum = 0;
  for (let at = 0; at < size; at += BLOCK_BYTES) {
    const length = Math.min(BLOCK_BYTES, size - at);
    readFully(descriptor, block, 0, length, at);
    checksum = crc32(block.subarray(0, length), checksum);
  }
  return checksum;
}

function readFully(descriptor: number, into: Buffer, start: number, length: number, at: number): void {
  for (let read = 0; read < length; ) {
    const bytes = readSync(descriptor, into, start + read, length - read, at + read);
    if (bytes === 0) throw new SnapshotRefusedError('it is cut off');
    read += bytes;
  }
}

/** A file from its beginning, as much at a time as is asked for. */
class FileInput {
  readonly #descriptor: number;
  readonly #size: number;
  #block: Buffer;
  /** What was read and not taken yet. */
  #start = 0;
  #end = 0;
  /** Bytes of the file that were read. */
  #at = 0;

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor;
    this.#size = size;
    this.#block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, size));
  }

  /** @returns bytes that are valid until the next call */
  take(length: number): Buffer {
    if (this.#end - this.#start < length) this.#fill(length);
    const bytes = this.#block.subarray(this.#start, this.#start + length);
    this.#start += length;
    return bytes;
  }

  /** Bytes that were not taken yet. */
  get left(): number {
    return this.#size - this.#at + this.#end - this.#start;
  }

  skip(length: number): void {
    const held = Math.min(length, this.#end - this.#start);
    if (length > this.left) throw new SnapshotRefusedError('it is cut off');
    this.#start += held;
    // What is not read yet need not be.
    this.#at += length - held;
  }

  /** Like {@link take}, read as UTF-8. */
  text(length: number): string {
    if (this.#end - this.#start < length) this.#fill(length);
    const start = this.#start;
    this.#start += length;
    return this.#block.toString('utf8', start, this.#start);
  }

  #fill(needed: number): void {
    const held = this.#block.subarray(this.#start, this.#end);
    const left = this.#size - this.#at;
    if (needed > held.length + left) throw new SnapshotRefusedError('it is cut off');
    const block = needed > this.#block.length ? Buffer.allocUnsafeSlow(needed) : this.#block;
    held.copy(block);
    const more = Math.min(block.length - held.length, left);
    readFully(this.#descriptor, block, held.length, more, this.#at);
    this.#block = block;
    this.#start = 0;
    this.#end = held.length + more;
    this.#at += more;
  }
}
