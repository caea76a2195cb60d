import { randomBytes } from 'node:crypto';

/** What is passed through: nothing in it means anything to a shell, a log, a page or a header. */
const PASSED_THROUGH = /^[\w.:/+=@~,;|#-]{1,128}$/;
const DIGITS = 12;
const ZERO = 0x30;

/**
 * The ids of a thread's requests. They tell requests apart, and are no secret. One of our own is known by its
 * number until somebody wants to read it, which next to nobody does.
 */
export class RequestIds {
  readonly #start = `${randomBytes(9).toString('base64url')}-`;
  #count = 0;

  /** @returns the id that the client gave if it is harmless, or else the number of one of our own */
  of(given: string): string | number {
    if (given !== '' && PASSED_THROUGH.test(given)) return given;
    this.#count += 1;
    return this.#count;
  }

  textOf(id: string | number): string {
    return typeof id === 'string' ? id : this.#start + String(id).padStart(DIGITS, '0');
  }

  /** @returns the bytes of a text that ends with any id of our own, see {@link writeNumber} */
  template(before: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(Buffer.from(before + this.textOf(0)));
  }

  /**
   * Puts the id with a number into the bytes of a {@link template}.
   * @param last the number that stands there
   */
  writeNumber(id: number, template: Uint8Array, last: number): void {
    const end = template.length - 1;
    const digit = template[end] ?? 0;
    if (id === last + 1 && digit < ZERO + 9) {
      // Most often: answers leave in the order of their requests.
      template[end] = digit + 1;
      return;
    }
    // In two parts: dividing whole numbers of 32 bits takes a fraction of what it takes for longer ones.
    const low = id % 1_000_000;
    const middle = template.length - DIGITS / 2;
    writeDigits(low, template, middle, template.length);
    writeDigits((id - low) / 1_000_000, template, template.length - DIGITS, middle);
  }
}

function writeDigits(number: number, bytes: Uint8Array, start: number, end: number): void {
  let rest = number | 0;
  for (let at = end - 1; at >= start; at--) {
    const tens = (rest / 10) | 0;
    bytes[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
}
