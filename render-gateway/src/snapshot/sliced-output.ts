import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { encodeRecordHead, RECORD_HEAD_BYTES } from './snapshot-format.js';

/** Encoded, summed and written at a time, before others get their turn. It takes less than a millisecond. */
const SLICE_BYTES = 128 * 1024;
/** Characters that surely fit into a slice, at three bytes each at the most. */
const SLICE_CHARACTERS = Math.floor(SLICE_BYTES / 3);

/** Gathers what is written to a file into slices, and keeps its length and CRC-32. */
export class SlicedOutput {
  readonly #handle: FileHandle;
  readonly #slice = Buffer.allocUnsafeSlow(SLICE_BYTES);
  #used = 0;
  #written = 0;
  #checksum = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#written + this.#used;
  }

  /** CRC-32 of all that was flushed. */
  get checksum(): number {
    return this.#checksum;
  }

  async bytes(bytes: Buffer): Promise<void> {
    if (this.#used + bytes.length > SLICE_BYTES) await this.flush();
    this.#used += bytes.copy(this.#slice, this.#used);
  }

  /** @returns undefined if the record went into the slice at hand, as most do */
  record(key: string, revision: number, body: string): Promise<void> | undefined {
    const [keyBytes, bodyBytes] = [Buffer.byteLength(key), Buffer.byteLength(body)];
    const room = SLICE_BYTES - this.#used - RECORD_HEAD_BYTES;
    if (keyBytes + bodyBytes > room) return this.#longRecord(key, revision, body);
    this.#head(keyBytes, bodyBytes, revision);
    this.#used += this.#slice.write(key, this.#used);
    this.#used += this.#slice.write(body, this.#used);
    return undefined;
  }

  async flush(): Promise<void> {
    const bytes = this.#slice.subarray(0, this.#used);
    this.#checksum = crc32(bytes, this.#checksum);
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#handle.write(bytes, written)).bytesWritten;
    }
    this.#written += this.#used;
    this.#used = 0;
  }

  async #longRecord(key: string, revision: number, body: string): Promise<void> {
    await this.flush();
    this.#head(Buffer.byteLength(key), Buffer.byteLength(body), revision);
    await this.#text(key);
    await this.#text(body);
  }

  #head(keyBytes: number, bodyBytes: number, revision: number): void {
    encodeRecordHead(this.#slice, this.#used, { keyBytes, bodyBytes, revision });
    this.#used += RECORD_HEAD_BYTES;
  }

  async #text(text: string): Promise<void> {
    for (let start = 0; start < text.length; ) {
      let end = Math.min(start + SLICE_CHARACTERS, text.length);
      if (end < text.length && isLeadingSurrogate(text.charCodeAt(end - 1))) end -= 1;
      const piece = text.slice(start, end);
      if (this.#used + 3 * piece.length > SLICE_BYTES) await this.flush();
      this.#used += this.#slice.write(piece, this.#used);
      start = end;
    }
  }
}

function isLeadingSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
