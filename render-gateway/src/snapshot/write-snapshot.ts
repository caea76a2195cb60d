import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FeedDocument } from '@px0/contract';
import { asideOf } from './left-overs.js';
import { SlicedOutput } from './sliced-output.js';
import {
  encodeChecksum,
  encodeFooter,
  encodeOpening,
  FOOTER_BYTES,
  type SnapshotHeader,
} from './snapshot-format.js';

export interface WrittenSnapshot {
  readonly documents: number;
  readonly bytes: number;
}

/**
 * Writes a snapshot aside, to disk, and puts it in the file's place in one step: whoever looks, whenever,
 * finds the old one or the new one. Works in slices, so that it holds up nobody.
 *
 * @param documents texts that came out of UTF-8; may change while they are walked over. What has no body
 *   is left out: nobody would hear of it when it came into being
 * @throws what the file system throws; nothing is left behind then
 */
export async function writeSnapshot(
  file: string,
  header: SnapshotHeader,
  documents: Iterable<FeedDocument>,
): Promise<WrittenSnapshot> {
  const directory = path.dirname(file);
  await mkdir(directory, { recursive: true });
  const aside = asideOf(file);
  const handle = await open(aside, 'wx', 0o600);
  try {
    const written = await writeAll(handle, header, documents).finally(() => handle.close());
    await rename(aside, file);
    await syncDirectory(directory);
    return written;
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

async function writeAll(
  handle: FileHandle,
  header: SnapshotHeader,
  documents: Iterable<FeedDocument>,
): Promise<WrittenSnapshot> {
  const output = new SlicedOutput(handle);
  await output.bytes(encodeOpening(header));
  let count = 0;
  for (const { key, revision, body } of documents) {
    if (body === null) continue;
    count += 1;
    const wait = output.record(key, revision, body);
    if (wait !== undefined) await wait;
  }
  const bytes = output.length + FOOTER_BYTES;
  await output.bytes(encodeFooter(count, bytes));
  await output.flush();
  await output.bytes(encodeChecksum(output.checksum));
  await output.flush();
  await handle.sync();
  return { documents: count, bytes };
}

/** So that the name outlives a loss of power too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
