import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { PoolOutcome, RenderOrder } from '../pool/pool-messages.js';
import type { Line, Outcome, Renderer } from '../render/renderer.js';
import type { ReadRender } from './batch-body.js';

export interface BatchOptions {
  readonly renderer: Pick<Renderer, 'renderTarget' | 'pool'>;
  readonly credential: string;
  readonly renders: readonly ReadRender[];
  /** @returns whether there is room for so many bytes more of answers, until all are done */
  readonly reserve: (bytes: number) => boolean;
  /** What the answer tells of one render that was refused. */
  readonly describe: (reason: Refusal) => Readonly<Record<string, unknown>>;
  /** Told of each render's outcome. */
  readonly onOutcome: (outcome: Outcome) => void;
  /** Whether nobody waits for the answer any more. */
  readonly isOver: () => boolean;
  /** Told the answer, or why the batch is refused as a whole; undefined: nobody waits for it any more. */
  readonly done: (answer: Outcome | undefined) => void;
  readonly clock: { now(): number };
}

type Pooled = { readonly order: RenderOrder; readonly later: (outcome: PoolOutcome) => void };

const HEAD = '{"results":[';
const TAIL = ']}';

/**
 * The renders of one request. They are done a slice at a time, so that other requests are answered
 * between; what they lack is looked up for all of them at once; and of those that take long, few are
 * with the pool at a time, so that a batch does not fill its organization's part of it.
 */
export class Batch {
  readonly #options: BatchOptions;
  readonly #line: Line;
  readonly #results: (string | Uint8Array<ArrayBuffer>)[];
  readonly #started: number;
  /** What is to be done in the next slices, before renders that have not begun. */
  readonly #ready: (() => void)[] = [];
  readonly #pooled: Pooled[] = [];
  #inPool = 0;
  #next = 0;
  #open: number;
  #bytes = HEAD.length + TAIL.length;
  #isWorking = false;
  #isDone = false;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#open = options.renders.length;
    this.#results = new Array(options.renders.length).fill('');
    this.#started = options.clock.now();
    this.#line = {
      waitsInPlace: false,
      turn: (work) => {
        this.#ready.push(work);
        this.#workLater();
      },
      pool: { render: (order, later) => this.#toPool({ order, later }) },
    };
  }

  /** Begins; everything else follows of itself. */
  start(): void {
    this.#work();
  }

  #work(): void {
    this.#isWorking = false;
    const { renders, clock } = this.#options;
    const end = clock.now() + LIMITS.batchSlice;
    while (!this.#isOver()) {
      const work = this.#ready.shift();
      if (work !== undefined) work();
      else if (this.#next < renders.length) this.#begin(this.#next++);
      else return;
      if (clock.now() >= end) {
        this.#workLater();
        return;
      }
    }
  }

  #workLater(): void {
    if (this.#isWorking || this.#isDone) return;
    this.#isWorking = true;
    setImmediate(() => this.#work());
  }

  #begin(index: number): void {
    const { renderer, credential, renders } = this.#options;
    const read = renders[index];
    if (read === undefined) return;
    const settle = (outcome: Outcome) => this.#settle(index, outcome);
    const outcome = renderer.renderTarget({ credential, ...read() }, settle, this.#line);
    if (outcome !== undefined) settle(outcome);
  }

  #settle(index: number, outcome: Outcome): void {
    if (this.#isOver()) return;
    if (isRefusal(outcome) && outcome.code === 'unauthorized') {
      this.#end(outcome);
      return;
    }
    const kept = isRefusal(outcome) ? outcome : this.#keep(outcome);
    this.#options.onOutcome(kept);
    this.#results[index] = isRefusal(kept) ? JSON.stringify(this.#options.describe(kept)) : kept;
    this.#open -= 1;
    if (this.#open === 0) this.#end(joined(this.#results));
  }

  /** Ends the batch if nobody waits for it any more. @returns whether it has ended */
  #isOver(): boolean {
    if (!this.#isDone && this.#options.isOver()) this.#end(undefined);
    return this.#isDone;
  }

  #end(answer: Outcome | undefined): void {
    this.#isDone = true;
    this.#options.done(answer);
  }

  /** @returns the answer to one render, or a refusal if there is no room for it */
  #keep(answer: string | Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> | Refusal {
    const length = Buffer.byteLength(answer);
    if (this.#bytes + length > LIMITS.batchAnswerBytes) return refusal.answerTooLarge;
    if (!this.#options.reserve(length)) return refusal.unavailable;
    this.#bytes += length;
    return answer;
  }

  #toPool(pooled: Pooled): undefined {
    this.#pooled.push(pooled);
    this.#fillPool();
  }

  #fillPool(): void {
    const { renderer, clock } = this.#options;
    while (this.#inPool < LIMITS.batchInPool && !this.#isOver()) {
      const next = this.#pooled.shift();
      if (next === undefined) return;
      const isLate = clock.now() - this.#started > LIMITS.batchTime;
      const settled = isLate ? refusal.unavailable : this.#send(renderer, next);
      if (settled !== undefined) this.#line.turn(() => next.later(settled));
    }
  }

  #send(renderer: BatchOptions['renderer'], { order, later }: Pooled): Refusal | undefined {
    const refused = renderer.pool.render(order, (outcome) => {
      this.#inPool -= 1;
      later(outcome);
      this.#fillPool();
    });
    if (refused !== undefined) return refused.outcome;
    this.#inPool += 1;
    return undefined;
  }
}

function isRefusal(outcome: Outcome): outcome is Refusal {
  return typeof outcome === 'object' && 'code' in outcome;
}

/** @returns the whole answer: a text if all results are, or else bytes */
function joined(results: readonly (string | Uint8Array<ArrayBuffer>)[]): string | Uint8Array<ArrayBuffer> {
  if (results.every((result) => typeof result === 'string')) return `${HEAD}${results.join(',')}${TAIL}`;
  const parts = results.flatMap((result, index) => [
    Buffer.from(index === 0 ? HEAD : ','),
    typeof result === 'string' ? Buffer.from(result) : result,
  ]);
  return Buffer.concat([...parts, Buffer.from(TAIL)]);
}
