import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { Clock, FeedDocument } from '@px0/contract';
import type { Logger } from 'pino';
import { Piscina } from 'piscina';
import { type Refusal, refusal } from '../errors.js';
import { FairQueue } from '../fairness/fair-queue.js';
import { LIMITS } from '../limits.js';
import type { Counters } from '../metrics/counters.js';
import { giveBack } from '../render/own-bytes.js';
import type { PoolOutcome, RenderOrder } from '../render/pool-order.js';
import type { Began, PoolAnswer, PoolTask, PoolThreadSettings } from './pool-messages.js';
import { VersionTexts } from './version-texts.js';

const MIB = 1024 * 1024;

export interface RenderPoolOptions {
  readonly threads: number;
  /** How many renders may wait for a thread. */
  readonly queue: number;
  /** Heap of each thread, in bytes. */
  readonly memory: number;
  /** Milliseconds for one rendering, from its beginning. */
  readonly timeout: number;
  /** The state of a document; null if it is not known. */
  readonly find: (key: string) => Promise<FeedDocument | null>;
  /** A version turned out to be of no use. Where the state before it is held, that one is found from then on. */
  readonly onUnreadable: (key: string, revision: number, reason: string) => void;
  readonly counters: Pick<Counters, 'poolRefused' | 'poolTimedOut' | 'poolOutOfMemory' | 'poolThreadsLost'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What became of a task. */
type Result =
  | PoolAnswer
  | { readonly kind: 'overdue' | 'outOfMemory' | 'noThread' }
  | { readonly kind: 'died'; readonly error: unknown };

interface Unbegun {
  readonly begin: () => void;
  readonly strand: () => void;
}

/** A task of the queue, and whom to tell what became of it; undefined: there was no room or no time for it. */
interface Job {
  readonly task: PoolTask;
  readonly done: (result: Result | undefined) => void;
}

const OVERDUE: Refusal = { code: 'executionFailed', detail: 'time limit exceeded' };
const OUT_OF_MEMORY: Refusal = { code: 'executionFailed', detail: 'memory limit exceeded' };
/** Whose turn documents have that are loaded to see whether they can be; no organization has this id. */
const NOBODY = '';
/** Of a version that turns out to be of no use: it, and the one before. */
const STATES_TRIED = 2;

/**
 * Renders what is too much for the threads that answer requests, on threads with a bound on their memory
 * that are ended when their time is over. Threads start when there is work, and go when there is none.
 */
export class RenderPool {
  readonly #options: RenderPoolOptions;
  readonly #threads: Piscina<PoolTask, PoolAnswer>;
  readonly #queue: FairQueue<Job>;
  readonly #texts = new VersionTexts();
  /** Tasks that have not begun, by id. */
  readonly #unbegun = new Map<number, Unbegun>();
  #tasks = 0;
  #running = 0;
  #isClosed = false;

  constructor(options: RenderPoolOptions) {
    this.#options = options;
    const { threads, queue, memory, log } = options;
    const places = threads + queue;
    this.#queue = new FairQueue({
      places,
      share: Math.max(1, Math.floor(places / 2)),
      running: Math.max(1, threads - 1),
      onDisplaced: (job) => job.done(undefined),
    });
    this.#threads = new Piscina({
      filename: fileURLToPath(new URL('./render-thread.js', import.meta.url)),
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: LIMITS.poolThreadIdle,
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil(memory / MIB),
        maxYoungGenerationSizeMb: LIMITS.poolYoungGeneration / MIB,
        stackSizeMb: LIMITS.poolStack / MIB,
      },
      workerData: { templateBytes: Math.floor(memory / 2) } satisfies PoolThreadSettings,
      recordTiming: false,
    });
    this.#threads.on('message', ({ began }: Began) => this.#unbegun.get(began)?.begin());
    // Not before the work of that thread is told that it failed, and why.
    this.#threads.on('workerDestroy', () => setImmediate(() => this.#lookForStranded()));
    this.#threads.on('error', (error) => log.error({ err: error }, 'a thread of the pool failed'));
  }

  /** Never rejects. */
  async render({ orgId, versionKey, prompt, body }: RenderOrder): Promise<PoolOutcome> {
    try {
      // Where a state is of no use, the one before may be there yet, and takes its place.
      for (let attempt = 0; attempt < STATES_TRIED; attempt++) {
        const document = await this.#options.find(versionKey);
        // A prompt that names a version which is not there is a feed in the middle of a change.
        if (document?.body == null) return refusal.unavailable;
        const version = this.#texts.of(document, document.body);
        const result = await this.#enqueue(orgId, {
          kind: 'render',
          id: this.#nextId(),
          version,
          prompt,
          body,
        });
        if (result?.kind !== 'unreadable') return this.#outcomeOf(result);
        this.#texts.forget(versionKey);
        this.#options.onUnreadable(versionKey, document.revision, result.reason);
      }
      return refusal.unavailable;
    } catch (error) {
      return unexpected(error);
    } finally {
      giveBack(body);
    }
  }

  /**
   * Loads a version to see whether it can be loaded, and tells {@link RenderPoolOptions.onUnreadable} if
   * it cannot. Never rejects.
   * @returns whether there was room and time for it now
   */
  async judge(document: FeedDocument): Promise<boolean> {
    const { key, revision, body } = document;
    if (body === null) return true;
    const version = this.#texts.of(document, body);
    const result = await this.#enqueue(NOBODY, { kind: 'load', id: this.#nextId(), version });
    if (result?.kind === 'unreadable') {
      this.#texts.forget(key);
      this.#options.onUnreadable(key, revision, result.reason);
    }
    return result !== undefined && result.kind !== 'noThread';
  }

  /** The threads that live now. */
  get threads(): readonly Worker[] {
    return this.#threads.threads;
  }

  /** Ends what is rendered, and refuses what waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#queue.withdrawAll()) job.done(undefined);
    await this.#threads.destroy();
  }

  #nextId(): number {
    this.#tasks += 1;
    return this.#tasks;
  }

  #enqueue(tenantId: string, task: PoolTask): Promise<Result | undefined> {
    const { clock, counters } = this.#options;
    return new Promise((resolve) => {
      let patience: unknown;
      const job: Job = {
        task,
        done: (result) => {
          clock.clearTimeout(patience);
          if (result === undefined) counters.poolRefused += 1;
          resolve(result);
        },
      };
      if (this.#isClosed || !this.#queue.add(tenantId, job)) {
        job.done(undefined);
        return;
      }
      patience = clock.setTimeout(() => {
        if (this.#queue.withdraw(tenantId, job)) job.done(undefined);
      }, LIMITS.poolPatience);
      this.#dispatch();
    });
  }

  /** Hands out work as long as there are threads for it. */
  #dispatch(): void {
    while (this.#running < this.#options.threads) {
      const next = this.#queue.take();
      if (next === undefined) return;
      const { tenantId, work } = next;
      this.#running += 1;
      void this.#perform(work.task).then((result) => {
        this.#running -= 1;
        this.#queue.finish(tenantId);
        work.done(result);
        this.#dispatch();
      });
    }
  }

  /** A thread that dies of something else than the limits may have died of what was there before: twice is enough. */
  async #perform(task: PoolTask): Promise<Result> {
    const result = await this.#attempt(task);
    if (result.kind !== 'died' || this.#isClosed) return result;
    this.#options.log.warn({ err: result.error }, 'a thread of the pool died; its work is tried again');
    return this.#attempt(task);
  }

  async #attempt(task: PoolTask): Promise<Result> {
    const { clock, timeout, counters } = this.#options;
    const ending = new AbortController();
    let ended: Result | undefined;
    const end = (result: Result) => () => {
      ended = result;
      ending.abort();
    };
    let timer = clock.setTimeout(end({ kind: 'noThread' }), LIMITS.poolStart);
    this.#unbegun.set(task.id, {
      begin: () => {
        this.#unbegun.delete(task.id);
        clock.clearTimeout(timer);
        timer = clock.setTimeout(end({ kind: 'overdue' }), timeout);
      },
      strand: end({ kind: 'died', error: new Error('no thread of the pool could be started') }),
    });
    try {
      return await this.#threads.run(task, { signal: ending.signal });
    } catch (error) {
      counters.poolThreadsLost += 1;
      if (ended !== undefined) return ended;
      return isOutOfMemory(error) ? { kind: 'outOfMemory' } : { kind: 'died', error };
    } finally {
      this.#unbegun.delete(task.id);
      clock.clearTimeout(timer);
    }
  }

  /** piscina starts no other thread in the place of one that ended while it started. */
  #lookForStranded(): void {
    if (this.#threads.threads.length > 0) return;
    for (const { strand } of this.#unbegun.values()) strand();
  }

  #outcomeOf(result: Result | undefined): PoolOutcome {
    const { counters } = this.#options;
    switch (result?.kind) {
      case 'rendered':
        return result.json;
      case 'refused':
        return result.refusal;
      case 'overdue':
        counters.poolTimedOut += 1;
        return OVERDUE;
      case 'outOfMemory':
        counters.poolOutOfMemory += 1;
        return OUT_OF_MEMORY;
      case undefined:
      case 'noThread':
        return refusal.unavailable;
      case 'died':
        return unexpected(result.error);
      case 'unreadable':
        return refusal.unavailable;
      case 'failed':
        return unexpected(result.stack);
      case 'loaded':
        throw new TypeError('a render was answered as a load');
    }
  }
}

/** @param error is told to another thread, which logs it */
function unexpected(error: unknown): Refusal {
  return { code: 'internal', cause: (error instanceof Error && error.stack) || String(error) };
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}
