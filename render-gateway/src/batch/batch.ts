import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { HeldBody } from '../render/pending-body.js';
import type { PoolOutcome, RenderOrder } from '../render/pool-order.js';
import type { Line, Outcome, Renderer } from '../render/renderer.js';
import { BatchAnswer } from './batch-answer.js';
import type { ReadRender } from './batch-body.js';
import type { BatchDesk } from './batch-desk.js';

export interface BatchOptions {
  readonly renderer: Pick<Renderer, 'renderTarget' | 'pool'>;
  readonly desk: Pick<BatchDesk, 'begin' | 'add'>;
  /** Whose it is. */
  readonly orgId: string;
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

/**
 * The renders of one request. They are done piece by piece, in turns with whatever else there is to do;
 * what they lack is looked up for all of them at once; and of those that take long, few are with the pool
 * at a time, so that a batch does not fill its organization's part of it.
 */
export class Batch {
  readonly #options: BatchOptions;
  readonly #line: Line;
  readonly #answer: BatchAnswer;
  readonly #started: number;
  /** What is to be done next, before renders that have not begun. */
  readonly #ready: (() => void)[] = [];
  readonly #pooled: Pooled[] = [];
  #inPool = 0;
  #next = 0;
  #open: number;
  /** Its next piece of work is with the desk. */
  #isQueued = false;
  #isDone = false;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#open = options.renders.length;
    this.#answer = new BatchAnswer(options.renders.length);
    this.#started = options.clock.now();
    this.#line = {
      waitsInPlace: false,
      turn: (work) => {
        this.#ready.push(work);
        this.#goOn();
      },
      pool: { render: (order, later) => this.#toPool({ order, later }) },
    };
  }

  /** Begins; everything else follows of itself. */
  start(): void {
    const { desk, orgId } = this.#options;
    this.#isQueued = true;
    desk.begin(orgId, this.#work);
  }

  /** Does one piece of work. */
  readonly #work = (): void => {
    this.#isQueued = false;
    if (this.#isOver()) return;
    const work = this.#ready.shift();
    if (work !== undefined) work();
    else if (this.#next < this.#options.renders.length) this.#begin(this.#next++);
    else if (this.#open === 0 && this.#answer.writeNext()) this.#end(this.#answer.bytes);
    this.#goOn();
  };

  #goOn(): void {
    const { desk, orgId, renders } = this.#options;
    const hasWork = this.#ready.length > 0 || this.#next < renders.length || this.#open === 0;
    if (this.#isQueued || this.#isDone || !hasWork) return;
    this.#isQueued = true;
    desk.add(orgId, this.#work);
  }

  #begin(index: number): void {
    const { renderer, credential, renders } = this.#options;
    const read = renders[index];
    if (read === undefined) return;
    const settle = (outcome: Outcome) => this.#settle(index, outcome);
    if (this.#isLate()) {
      settle(refusal.unavailable);
      return;
    }
    const { target, body } = read();
    const request = { credential, target, body: new HeldBody(body) };
    const outcome = renderer.renderTarget(request, settle, this.#line);
    if (outcome !== undefined) settle(outcome);
  }

  #isLate(): boolean {
    return this.#options.clock.now() - this.#started > LIMITS.batchTime;
  }

  #settle(index: number, outcome: Outcome): void {
    if (this.#isOver()) return;
    if (isRefusal(outcome) && outcome.code === 'unauthorized') {
      this.#end(outcome);
      return;
    }
    const kept = isRefusal(outcome) ? outcome : this.#keep(outcome);
    this.#options.onOutcome(kept);
    this.#answer.put(index, isRefusal(kept) ? JSON.stringify(this.#options.describe(kept)) : kept);
    this.#open -= 1;
    this.#goOn();
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
    if (!this.#answer.claim(length)) return refusal.answerTooLarge;
    return this.#options.reserve(length) ? answer : refusal.unavailable;
  }

  #toPool(pooled: Pooled): undefined {
    this.#pooled.push(pooled);
    this.#fillPool();
  }

  #fillPool(): void {
    const { renderer } = this.#options;
    while (this.#inPool < LIMITS.batchInPool && !this.#isOver()) {
      const next = this.#pooled.shift();
      if (next === undefined) return;
      const settled = this.#isLate() ? refusal.unavailable : this.#send(renderer, next);
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
