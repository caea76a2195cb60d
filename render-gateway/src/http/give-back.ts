import { MessageChannel } from 'node:worker_threads';

/** What is handed to a port that is closed goes nowhere, and its memory back to the system at once. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees the memory of bytes that nobody reads any more. Left to the garbage collector, a few long answers a second
 * have it look through the whole heap several times a second, for milliseconds each: `npm run bench -- isolation`.
 */
export function giveBack({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (byteLength === buffer.byteLength) nowhere.postMessage(undefined, [buffer]);
}
