import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosProgram } from './chaos-program.js';
import type { Journal } from './journal.js';
import type { Judge } from './judge.js';
import type { Question, Questions } from './questions.js';

/** Milliseconds within which a gateway must answer, whatever the machine has to do beside. */
const PATIENCE = 15_000;
const PAUSE = 3;

/** A service that goes on rendering at one gateway, one render after the other. */
export class Reader {
  readonly #gateway: ChaosProgram;
  readonly #questions: Questions;
  readonly #judge: Judge;
  readonly #journal: Journal;
  readonly #statuses = new Map<number, number>();
  #slowest = 0;
  /** The life of the gateway in which it has answered. */
  #upIn = 0;
  #going = true;
  #running: Promise<void> = Promise.resolve();

  constructor(gateway: ChaosProgram, questions: Questions, judge: Judge, journal: Journal) {
    this.#gateway = gateway;
    this.#questions = questions;
    this.#judge = judge;
    this.#journal = journal;
  }

  /** Answers, by status. */
  get statuses(): ReadonlyMap<number, number> {
    return this.#statuses;
  }

  /** Milliseconds of the slowest answer of a gateway that was left alone meanwhile. */
  get slowest(): number {
    return this.#slowest;
  }

  start(): void {
    this.#running = this.#read();
  }

  async stop(): Promise<void> {
    this.#going = false;
    await this.#running;
  }

  async #read(): Promise<void> {
    while (this.#going) {
      for (const question of this.#questions.asked) {
        if (this.#going) await this.#ask(question);
        await sleep(PAUSE);
      }
    }
  }

  async #ask({ subject, path, key }: Question): Promise<void> {
    const { life, disturbances } = this.#gateway;
    const begun = performance.now();
    let answer: Rendered;
    try {
      answer = await render(this.#gateway.url + path, key, PATIENCE);
    } catch (error) {
      if (this.#isLeftAlone(disturbances) && this.#upIn === life) {
        this.#journal.violation(
          `${this.#gateway.name} does not answer to ${subject.name}: ${wordsOf(error)}`,
        );
      }
      return;
    }
    if (this.#gateway.life !== life) return; // of which life it came nobody knows
    this.#upIn = life;
    if (this.#isLeftAlone(disturbances)) {
      this.#slowest = Math.max(this.#slowest, performance.now() - begun);
    }
    this.#statuses.set(answer.status, (this.#statuses.get(answer.status) ?? 0) + 1);
    this.#judge.judge(subject, { gateway: this.#gateway.name, life, ...answer });
  }

  /** @param since the count of disturbances when a request began */
  #isLeftAlone(since: number): boolean {
    return this.#gateway.runs && this.#gateway.disturbances === since;
  }
}

interface Rendered {
  readonly status: number;
  readonly serial: number | undefined;
}

async function render(url: string, key: string, patience: number): Promise<Rendered> {
  const { status, json } = await askForRender(url, key, patience);
  const { rendered } = json as { rendered?: string };
  return { status, serial: rendered === undefined ? undefined : Number(rendered) };
}

/** Renders without variables. @returns the status and the parsed body */
export async function askForRender(
  url: string,
  key: string,
  patience: number,
): Promise<{ status: number; json: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: '{}',
    signal: AbortSignal.timeout(patience),
  });
  return { status: response.status, json: await response.json() };
}

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${String(error)}${cause}`;
}
