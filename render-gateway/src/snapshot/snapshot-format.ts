import type { FeedHead } from '@px0/contract';

/**
 * The snapshot's bytes. Numbers are little-endian.
 *
 *     file     = opening header record* footer
 *     opening  = magic "px0 snapshot\n" (13 bytes), version (u8), length of the header (u32)
 *     header   = JSON: house, epoch, revision, currentAt
 *     record   = bytes of the key (u32), bytes of the body (u32), revision (f64), key, body
 *     footer   = records (u64), bytes of the whole file (u64), CRC-32 of all before it (u32)
 *
 * Key and body are UTF-8. A document has one record, or two if it changed while the file was written.
 */

const MAGIC = Buffer.from('px0 snapshot\n', 'latin1');

/** Raised with every change of the format. */
const SNAPSHOT_VERSION = 1;
export const OPENING_BYTES = MAGIC.length + 5;
export const RECORD_HEAD_BYTES = 16;
export const FOOTER_BYTES = 20;
/** The CRC is not part of what it is computed of. */
export const CHECKSUM_BYTES = 4;

/** What a snapshot says of itself. */
export interface SnapshotHeader {
  /** Which feed it was taken of: see {@link houseOf}. */
  readonly house: string;
  /** Every change up to here is in it. */
  readonly position: FeedHead;
  /** When its gateway last knew that it was up to date, in milliseconds of Unix time. */
  readonly currentAt: number;
}

/** A file that is no snapshot which could be started from. The message says why. */
export class SnapshotRefusedError extends Error {
  override readonly name = 'SnapshotRefusedError';
}

/** @returns opening and header: the beginning of a file */
export function encodeOpening({ house, position, currentAt }: SnapshotHeader): Buffer {
  const header = Buffer.from(JSON.stringify({ house, ...position, currentAt }));
  const opening = Buffer.alloc(OPENING_BYTES);
  MAGIC.copy(opening);
  opening.writeUInt8(SNAPSHOT_VERSION, MAGIC.length);
  opening.writeUInt32LE(header.length, MAGIC.length + 1);
  return Buffer.concat([opening, header]);
}

/**
 * @returns bytes of the header that follows
 * @throws {SnapshotRefusedError}
 */
export function decodeOpening(opening: Buffer): number {
  if (!opening.subarray(0, MAGIC.length).equals(MAGIC)) throw new SnapshotRefusedError('it is no snapshot');
  const version = opening.readUInt8(MAGIC.length);
  if (version !== SNAPSHOT_VERSION) {
    throw new SnapshotRefusedError(
      `it has the format ${version}, and this gateway reads ${SNAPSHOT_VERSION}`,
    );
  }
  return opening.readUInt32LE(MAGIC.length + 1);
}

/** @throws {SnapshotRefusedError} */
export function decodeHeader(bytes: Buffer): SnapshotHeader {
  let header: Record<string, unknown> | null;
  try {
    header = JSON.parse(bytes.toString('utf8')) as Record<string, unknown> | null;
  } catch {
    throw new SnapshotRefusedError('its header is no JSON');
  }
  const { house, epoch, revision, currentAt } = header ?? {};
  if (
    typeof house !== 'string' ||
    typeof epoch !== 'string' ||
    !Number.isSafeInteger(revision) ||
    !Number.isSafeInteger(currentAt)
  ) {
    throw new SnapshotRefusedError('its header lacks something');
  }
  return { house, position: { epoch, revision: revision as number }, currentAt: currentAt as number };
}

/** Lengths are in bytes. */
export interface RecordHead {
  readonly keyBytes: number;
  readonly bodyBytes: number;
  readonly revision: number;
}

/** Writes {@link RECORD_HEAD_BYTES} at that place of the buffer. */
export function encodeRecordHead(into: Buffer, at: number, head: RecordHead): void {
  into.writeUInt32LE(head.keyBytes, at);
  into.writeUInt32LE(head.bodyBytes, at + 4);
  into.writeDoubleLE(head.revision, at + 8);
}

/** @param bytes {@link RECORD_HEAD_BYTES} of them; nothing in them is checked */
export function decodeRecordHead(bytes: Buffer): RecordHead {
  return {
    keyBytes: bytes.readUInt32LE(0),
    bodyBytes: bytes.readUInt32LE(4),
    revision: bytes.readDoubleLE(8),
  };
}

/** @returns the footer, but for its checksum */
export function encodeFooter(records: number, fileBytes: number): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES - CHECKSUM_BYTES);
  footer.writeBigUInt64LE(BigInt(records), 0);
  footer.writeBigUInt64LE(BigInt(fileBytes), 8);
  return footer;
}

/** @returns the end of the footer, and of the file */
export function encodeChecksum(checksum: number): Buffer {
  const bytes = Buffer.alloc(CHECKSUM_BYTES);
  bytes.writeUInt32LE(checksum);
  return bytes;
}

/** @param footer {@link FOOTER_BYTES} of them, its checksum included */
export function decodeFooter(footer: Buffer): { records: number; fileBytes: number; checksum: number } {
  return {
    records: Number(footer.readBigUInt64LE(0)),
    fileBytes: Number(footer.readBigUInt64LE(8)),
    checksum: footer.readUInt32LE(16),
  };
}
