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

/**
 * Frees the memory of bytes that nobody reads any more. Left to the garbage collector, a few long answers a second
 * have it look through the whole heap several times a second, for milliseconds each: `npm run bench -- isolation`.
 * Short ones are left to it, and so are bytes that are only some of their buffer.
 */
export function giveBack({ buffer, byteLength }: OwnBytes): void {
  if (byteLength >= LIMITS.leastGivenBack && byteLength === buffer.byteLength) {
    nowhere.postMessage(undefined, [buffer]);
  }
}
