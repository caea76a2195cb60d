/** As on the control plane: seconds for which a browser need not ask again, and what its pages may read and send. */
const PREFLIGHT_AGE = 600;
const EXPOSED = 'x-request-id, retry-after, x-px0-stale';
const SENT = 'authorization, content-type, x-api-key, x-request-id';

/**
 * Which pages of other origins may call from a browser. Heads of answers are prepared as text, each line
 * of which begins with the end of the line before it.
 */
export class Cors {
  readonly #lines: ReadonlyMap<string, string>;
  /** For pages that may not call, and for callers that are no pages. */
  readonly #strangerLines: string;

  /** @param origins such as https://console.example.com; none: answers say nothing of origins */
  constructor(origins: readonly string[]) {
    const vary = '\r\nvary: origin';
    this.#strangerLines = origins.length === 0 ? '' : vary;
    this.#lines = new Map(
      origins.map((origin) => [
        origin,
        `\r\naccess-control-allow-origin: ${origin}${vary}\r\naccess-control-expose-headers: ${EXPOSED}`,
      ]),
    );
  }

  get isOn(): boolean {
    return this.#lines.size > 0;
  }

  /** @returns what an answer to a page of that origin says */
  linesFor(origin: string): string {
    return this.#lines.get(origin) ?? this.#strangerLines;
  }

  /** @returns what the answer to a browser's question beforehand says besides; empty if the page may not call */
  preflightLinesFor(origin: string, methods: string): string {
    if (!this.#lines.has(origin)) return '';
    return `\r\naccess-control-allow-methods: ${methods}\r\naccess-control-allow-headers: ${SENT}\r\naccess-control-max-age: ${PREFLIGHT_AGE}`;
  }
}
