import { LIMITS } from '../limits.js';

const HEAD = '{"results":[';
const TAIL = ']}';

/** The answer to a batch, put together result by result: encoding megabytes at once takes long. */
export class BatchAnswer {
  readonly #results: (string | Uint8Array)[];
  /** Of the whole answer as it is. */
  #length: number;
  /** Of what is bounded: refusals are short, and always have room. */
  #bounded = HEAD.length + TAIL.length;
  #bytes: Buffer<ArrayBuffer> | undefined;
  #written = 0;
  #end = 0;

  /** @param count of results */
  constructor(count: number) {
    this.#results = new Array(count).fill('');
    this.#length = HEAD.length + TAIL.length + count - 1;
  }

  /** Claims room for an answer of so many bytes to one render. @returns whether there is; it is to be {@link put} then */
  claim(bytes: number): boolean {
    if (this.#bounded + bytes > LIMITS.batchAnswerBytes) return false;
    this.#bounded += bytes;
    return true;
  }

  put(index: number, result: string | Uint8Array): void {
    this.#results[index] = result;
    this.#length += Buffer.byteLength(result);
  }

  /** Once all results are there: writes the next ones, some at a time. @returns whether all are written */
  writeNext(): boolean {
    this.#bytes ??= this.#begun();
    const enough = this.#end + LIMITS.batchAnswerPiece;
    while (this.#written < this.#results.length && this.#end < enough) {
      if (this.#written > 0) this.#write(',');
      this.#write(this.#results[this.#written] ?? '');
      this.#results[this.#written] = '';
      this.#written += 1;
    }
    if (this.#written < this.#results.length) return false;
    this.#write(TAIL);
    return true;
  }

  /** The whole, when all of it is written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes ?? new Uint8Array();
  }

  #begun(): Buffer<ArrayBuffer> {
    const bytes = Buffer.allocUnsafeSlow(this.#length);
    this.#end = bytes.write(HEAD, 0);
    return bytes;
  }

  #write(part: string | Uint8Array): void {
    if (typeof part === 'string') this.#end += this.#bytes?.write(part, this.#end) ?? 0;
    else {
      this.#bytes?.set(part, this.#end);
      this.#end += part.byteLength;
    }
  }
}
