const OK = Buffer.from('HTTP/1.1 2');
/** Where the status stands in a response. */
const STATUS = { start: 9, end: 12 };
const HEAD_END = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Counts the responses in what a connection receives. All answer the same request, so once one of them
 * was read, the next is believed to be as long wherever its head ends at the same place.
 */
export class ResponseReader {
  readonly #onResponse: (succeeded: boolean, status: string) => void;
  #rest: Buffer | undefined;
  #headLength = 0;
  #bodyLength = 0;
  #isOver = false;

  /** @param onResponse called with the status of each as well, such as `200` */
  constructor(onResponse: (succeeded: boolean, status: string) => void) {
    this.#onResponse = onResponse;
  }

  /** A response without a content-length counts as failed, and is the last: the connection closes after it. */
  read(chunk: Buffer): void {
    if (this.#isOver) return;
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length) {
      if (!this.#isLikeTheLast(bytes, at) && !this.#measure(bytes, at)) break;
      if (this.#isOver) {
        this.#onResponse(false, statusOf(bytes, at));
        return;
      }
      const end = at + this.#headLength + this.#bodyLength;
      if (end > bytes.length) break;
      this.#onResponse(OK.compare(bytes, at, at + OK.length) === 0, statusOf(bytes, at));
      at = end;
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #isLikeTheLast(bytes: Buffer, at: number): boolean {
    const end = at + this.#headLength;
    if (this.#headLength === 0 || end > bytes.length) return false;
    // Another status has another body.
    if (OK.compare(bytes, at, at + OK.length) !== 0) return false;
    return HEAD_END.compare(bytes, end - HEAD_END.length, end) === 0;
  }

  /** @returns false if the head is not all there */
  #measure(bytes: Buffer, at: number): boolean {
    const end = bytes.indexOf(HEAD_END, at);
    if (end === -1) return false;
    const length = CONTENT_LENGTH.exec(bytes.toString('latin1', at, end))?.[1];
    this.#isOver = length === undefined;
    this.#headLength = end + HEAD_END.length - at;
    this.#bodyLength = Number(length);
    return true;
  }
}

function statusOf(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + STATUS.start, at + STATUS.end);
}
