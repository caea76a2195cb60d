import type { ChaosProgram } from './chaos-program.js';

/** Milliseconds; longer than anything lasts that a request may have to wait for. */
const PATIENCE = 60_000;

interface Answered {
  readonly status: number;
  readonly json: unknown;
}

/** People who change things by the API, on whichever control plane answers. */
export class Operators {
  readonly #controlPlanes: readonly ChaosProgram[];
  #turn = 0;
  #changes = 0;

  constructor(controlPlanes: readonly ChaosProgram[]) {
    this.#controlPlanes = controlPlanes;
  }

  /** Changes that were answered with a good status. */
  get changes(): number {
    return this.#changes;
  }

  /** @returns undefined where it is not known what has come of it: no answer, or one of status 5xx */
  async ask(method: string, path: string, token: string, body?: unknown): Promise<Answered | undefined> {
    this.#turn += 1;
    const controlPlane = this.#controlPlanes[this.#turn % this.#controlPlanes.length];
    if (controlPlane === undefined) return undefined;
    try {
      const response = await fetch(controlPlane.url + path, {
        method,
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(PATIENCE),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      controlPlane.answered();
      if (response.status >= 500) return undefined;
      if (response.ok) this.#changes += 1;
      return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
    } catch {
      return undefined; // not up, or killed while it was at it
    }
  }
}
