import { Agent, request } from 'undici';

/** What a gateway answered to a render. */
export interface Probe {
  readonly status: number;
  /** Of the version rendered; undefined if none was. */
  readonly version: number | undefined;
}

/** Asks one gateway again and again, on one connection of its own. */
export class Prober {
  readonly #agent = new Agent({ connections: 1, pipelining: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ask(key: string): Promise<Probe> {
    const { statusCode, body } = await request(this.#url, {
      dispatcher: this.#agent,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{}',
    });
    const { version } = (await body.json()) as { version?: number };
    return { status: statusCode, version };
  }

  /**
   * Asks until the answer is as wanted, about every millisecond.
   * @returns the moment at which that answer was there, as performance.now() tells it
   * @throws {Error} if that takes longer than ten seconds
   */
  async until(key: string, wanted: (probe: Probe) => boolean): Promise<number> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      const probe = await this.ask(key);
      const now = performance.now();
      if (wanted(probe)) return now;
      if (now > deadline) throw new Error(`after 10 s a gateway still answers ${JSON.stringify(probe)}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
