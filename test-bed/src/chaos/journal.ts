/** What happened in a run, with its times: kept for whoever has to understand a failure. */
export class Journal {
  readonly #begun = performance.now();
  readonly #lines: string[] = [];
  readonly #violations: string[] = [];
  readonly #tell: (line: string) => void;

  /** @param tell hears each line as it is written */
  constructor(tell: (line: string) => void = () => {}) {
    this.#tell = tell;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  get violations(): readonly string[] {
    return this.#violations;
  }

  event(text: string): void {
    const seconds = ((performance.now() - this.#begun) / 1_000).toFixed(3).padStart(8);
    const line = `${seconds} s  ${text}`;
    this.#lines.push(line);
    this.#tell(line);
  }

  /** Something happened that must not. */
  violation(text: string): void {
    this.event(`VIOLATION ${text}`);
    this.#violations.push(text);
  }
}
