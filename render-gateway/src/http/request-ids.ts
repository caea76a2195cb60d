import { randomBytes } from 'node:crypto';

/** What is passed through: nothing in it means anything to a shell, a log, a page or a header. */
const PASSED_THROUGH = /^[\w.:/+=@~,;|#-]{1,128}$/;

/** The ids of a thread's requests. They tell requests apart, and are no secret. */
export class RequestIds {
  readonly #start = `${randomBytes(9).toString('base64url')}-`;
  #count = 0;

  /** @returns the id that the client gave if it is harmless, or else one of our own */
  of(given: string): string {
    if (given !== '' && PASSED_THROUGH.test(given)) return given;
    this.#count += 1;
    return this.#start + this.#count;
  }
}
