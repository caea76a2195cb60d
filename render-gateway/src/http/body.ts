import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { giveBack } from '../render/own-bytes.js';
import type { MemoryInFlight } from './memory-in-flight.js';

export interface BodyReceiver {
  /** The whole body. The bytes are valid during the call only. */
  complete(bytes: Uint8Array): void;
  /** It cannot be taken, and all of it has been read. */
  refused(reason: Refusal): void;
  /** It cannot be taken, and there still is more of it than is worth reading. Nothing is called after this. */
  endless(reason: Refusal): void;
  /** It does not come in one piece. */
  isSlow(): void;
}

/**
 * A request's body. One that arrives in one piece, as nearly all do, is handed over without a copy. One
 * that cannot be taken is read to its end all the same: a sender that is answered and cut off while it
 * sends would see its connection break, not the answer.
 */
export class Body {
  readonly #most: number;
  readonly #memory: MemoryInFlight;
  readonly #receiver: BodyReceiver;
  #gathered: Buffer<ArrayBuffer> | undefined;
  #length = 0;
  #slow = false;
  #refusal: Refusal | undefined;
  #over = false;

  /** @param most the longest body that is handed over, in bytes */
  constructor(most: number, memory: MemoryInFlight, receiver: BodyReceiver) {
    this.#most = most;
    this.#memory = memory;
    this.#receiver = receiver;
  }

  /** Gives back the memory that it takes, and hears no more. */
  letGo(): void {
    this.#over = true;
    this.#forget();
  }

  /** @param chunk valid during the call only */
  add(chunk: ArrayBuffer, isLast: boolean): void {
    if (this.#over) return;
    const start = this.#length;
    this.#length += chunk.byteLength;
    if (!isLast && !this.#slow) {
      this.#slow = true;
      this.#receiver.isSlow();
    }
    if (this.#refusal === undefined) this.#gather(chunk, start);
    if (this.#over) return;
    if (isLast) this.#finish();
    else if (this.#refusal !== undefined && this.#length > this.#most + LIMITS.discardedBodyBytes) {
      this.#over = true;
      this.#receiver.endless(this.#refusal);
    }
  }

  #gather(chunk: ArrayBuffer, start: number): void {
    if (this.#length > this.#most) this.#refusal = refusal.bodyTooLarge;
    else if (!this.#makeRoom(start)) this.#refusal = refusal.unavailable;
    if (this.#refusal === undefined) this.#gathered?.set(new Uint8Array(chunk), start);
    else this.#forget();
  }

  #finish(): void {
    this.#over = true;
    if (this.#refusal === undefined) {
      this.#receiver.complete(this.#gathered?.subarray(0, this.#length) ?? new Uint8Array());
    } else this.#receiver.refused(this.#refusal);
    this.#forget();
  }

  /** @returns whether there is room for all that has come, of which the first `used` bytes are gathered */
  #makeRoom(used: number): boolean {
    const before = this.#gathered;
    if (this.#length === 0 || (before !== undefined && before.length >= this.#length)) return true;
    const size = Math.min(this.#most, Math.max(4_096, this.#length * 2));
    if (!this.#memory.take(size)) return false;
    if (this.#over) {
      // To make room those that are slow are ended, and this was one.
      this.#memory.give(size);
      return true;
    }
    this.#gathered = Buffer.allocUnsafeSlow(size);
    before?.copy(this.#gathered, 0, 0, used);
    this.#letGoOf(before);
    return true;
  }

  #forget(): void {
    this.#letGoOf(this.#gathered);
    this.#gathered = undefined;
  }

  #letGoOf(gathered: Buffer<ArrayBuffer> | undefined): void {
    if (gathered === undefined) return;
    this.#memory.give(gathered.length);
    giveBack(gathered);
  }
}
