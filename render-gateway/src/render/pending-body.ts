import { giveBack, type OwnBytes, ownBytes } from './own-bytes.js';
import { BODY_TOO_LARGE, isReadInPlace, type RequestBody, readRequestBody } from './request-body.js';

/** Where it is counted what is held for requests that are not answered at once. */
export interface Memory {
  /** @returns whether there was room for so many bytes more; if not, nothing was taken */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** What a request has sent, which must outlast the call in which it came if the request waits for something. */
export interface Keeping {
  /** Called before anything is waited for. @returns whether there is room for it */
  keep(): boolean;
  /** The request is answered. */
  letGo(): void;
}

/** The bytes of a request. They are valid during the call in which they came, and longer if they are kept. */
export class PendingBytes implements Keeping {
  #bytes: Uint8Array;
  /** By itself: of bytes that are valid no more it is not known. */
  readonly #length: number;
  #copy: OwnBytes | undefined;
  readonly #memory: Memory;
  #isReserved = false;

  constructor(bytes: Uint8Array, memory: Memory) {
    this.#bytes = bytes;
    this.#length = bytes.byteLength;
    this.#memory = memory;
  }

  get current(): Uint8Array {
    return this.#bytes;
  }

  /** As they can be kept, and handed to another thread. */
  own(): OwnBytes {
    this.#copy ??= ownBytes(this.#bytes);
    this.#bytes = this.#copy;
    return this.#copy;
  }

  /** @returns whether there is room to hold on to as much, from now on */
  reserve(): boolean {
    this.#isReserved ||= this.#memory.take(this.#length);
    return this.#isReserved;
  }

  keep(): boolean {
    if (!this.reserve()) return false;
    this.own();
    return true;
  }

  letGo(): void {
    if (this.#isReserved) this.#memory.give(this.#length);
    this.#isReserved = false;
    if (this.#copy !== undefined) giveBack(this.#copy);
  }
}

/** A request's body on its way through the renderer. */
export interface BodySource extends Keeping {
  /** Reads it, unless that was done. */
  read(): RequestBody;
}

/** The body of a render request. It is read once it is known who sent it. */
export class PendingBody implements BodySource {
  readonly #bytes: PendingBytes | undefined;
  #body: RequestBody | undefined;

  /** @param bytes valid during the call only; undefined: there were too many */
  constructor(bytes: Uint8Array | undefined, memory: Memory) {
    this.#bytes = bytes && new PendingBytes(bytes, memory);
  }

  read(): RequestBody {
    this.#body ??= this.#bytes === undefined ? BODY_TOO_LARGE : take(this.#bytes);
    return this.#body;
  }

  keep(): boolean {
    if (this.#bytes === undefined) return true;
    return this.#body === undefined ? this.#bytes.keep() : this.#bytes.reserve();
  }

  letGo(): void {
    this.#bytes?.letGo();
  }
}

/** A body that somebody else holds and counts. */
export class HeldBody implements BodySource {
  readonly #body: RequestBody;

  constructor(body: RequestBody) {
    this.#body = body;
  }

  read(): RequestBody {
    return this.#body;
  }

  keep(): boolean {
    return true;
  }

  letGo(): void {}
}

function take(bytes: PendingBytes): RequestBody {
  return isReadInPlace(bytes.current) ? readRequestBody(bytes.current) : { unread: bytes.own() };
}
