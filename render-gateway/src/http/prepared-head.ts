import { LIMITS } from '../limits.js';
import type { RequestIds } from './request-ids.js';

const JSON_TYPE = 'application/json';
/** Clients that heed this close an idle connection before uWebSockets.js does, and so lose no request by it. */
const KEEP_ALIVE_LINE = `\r\nkeep-alive: timeout=${LIMITS.announcedIdle}`;
const ID_LINE = '\r\nx-request-id: ';
const START = JSON_TYPE + KEEP_ALIVE_LINE + ID_LINE;

/**
 * The lines that each answer's head has, as one header's name and value: each call into uWebSockets.js costs more
 * than the bytes that it writes, and bytes cost less than a text. `npm run bench -- gateway` measures it.
 */
export class PreparedHead {
  readonly name = new Uint8Array(Buffer.from('content-type')).buffer;
  readonly #ids: RequestIds;
  readonly #value: Uint8Array<ArrayBuffer>;
  readonly #buffer: ArrayBuffer;
  #last = 0;

  constructor(ids: RequestIds) {
    this.#ids = ids;
    this.#value = ids.template(START);
    this.#buffer = this.#value.buffer;
  }

  /** @param id of our own. @returns bytes that are valid until the next call */
  valueFor(id: number): ArrayBuffer {
    this.#ids.writeNumber(id, this.#value, this.#last);
    this.#last = id;
    return this.#buffer;
  }

  /** @param more lines, each begun by the end of the line before it */
  valueWith(requestId: string, more: string): string {
    return START + requestId + more;
  }
}
