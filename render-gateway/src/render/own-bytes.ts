import { MessageChannel } from 'node:worker_threads';
import { LIMITS } from '../limits.js';

/** Bytes that are all of their buffer: it can be handed to another thread, or given back. */
export type OwnBytes = Uint8Array<ArrayBuffer>;

/** What is handed to a port that is closed goes nowhere, and its memory back to the system at once. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/** @returns a copy of the bytes, or the text in UTF-8 */
export function ownBytes(from: Uint8Array | string): OwnBytes {
  return typeof from === 'string' ? new TextEncoder().encode(from) : new Uint8Array(from);
}

/** @returns the bytes themselves if they are all of their buffer; else a copy */
export function wholeBytes(bytes: Uint8Array<ArrayBuffer>): OwnBytes {
  return isWhole(bytes) ? bytes : ownBytes(bytes);
}

/**
 * Frees the memory of bytes that nobody reads any more. Left to the garbage collector, a few long answers a second
 * have it look through the whole heap several times a second, for milliseconds each: `npm run bench -- isolation`.
 * Short ones are left to it, and so are bytes that are only some of their buffer.
 */
export function giveBack(bytes: Uint8Array<ArrayBuffer>): void {
  if (bytes.byteLength >= LIMITS.leastGivenBack && isWhole(bytes))
    nowhere.postMessage(undefined, [bytes.buffer]);
}

function isWhole({ buffer, byteLength }: Uint8Array<ArrayBuffer>): boolean {
  return byteLength === buffer.byteLength;
}
