import type { HttpResponse } from 'uWebSockets.js';

export interface BodyLimits {
  /** The longest body that is handed over, in bytes. */
  readonly bodyBytes: number;
  /** Of a longer one, how much is read and thrown away, in bytes, before it is given up. */
  readonly discardedBodyBytes: number;
}

export interface BodyReceiver {
  /** The whole body. The bytes are valid during the call only. */
  complete(bytes: Uint8Array): void;
  /** It was too long, and all of it has been read. */
  tooLarge(): void;
  /** It was too long, and there still is more of it. Nothing is called after this. */
  endless(): void;
}

/**
 * Reads a request's body. One that arrives in one piece, as nearly all do, is handed over without a
 * copy. A body that is too long is read to its end: a sender that is answered and cut off while it
 * sends would see its connection break, not the answer.
 */
export function receiveBody(
  response: HttpResponse,
  { bodyBytes, discardedBodyBytes }: BodyLimits,
  receiver: BodyReceiver,
): void {
  let gathered: Buffer | undefined;
  let length = 0;
  let over = false;
  response.onData((chunk, isLast) => {
    if (over) return;
    const start = length;
    length += chunk.byteLength;
    if (length > bodyBytes) {
      gathered = undefined;
      if (isLast) receiver.tooLarge();
      else if (length > bodyBytes + discardedBodyBytes) {
        over = true;
        receiver.endless();
      }
      return;
    }
    if (isLast && start === 0) {
      receiver.complete(new Uint8Array(chunk));
      return;
    }
    gathered = withRoom(gathered, start, length, bodyBytes);
    gathered.set(new Uint8Array(chunk), start);
    if (isLast) receiver.complete(gathered.subarray(0, length));
  });
}

function withRoom(gathered: Buffer | undefined, used: number, needed: number, most: number): Buffer {
  if (gathered !== undefined && gathered.length >= needed) return gathered;
  const larger = Buffer.allocUnsafeSlow(Math.min(most, Math.max(4_096, needed * 2)));
  gathered?.copy(larger, 0, 0, used);
  return larger;
}
