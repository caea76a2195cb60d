import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Clock } from '@px0/contract';
import type { Logger } from 'pino';
import { LIMITS } from '../limits.js';
import { StartError } from '../start-error.js';
import type { FromPrimary, FromWorker, ThreadSettings, WorkerSettings } from './messages.js';

const MIB = 1024 * 1024;

export type ThreadRequest = Exclude<FromWorker, { kind: 'listening' | 'full' }>;

export interface ThreadKeeperOptions {
  /** How many threads there are to be. */
  readonly count: number;
  readonly settings: WorkerSettings;
  /** The file that each thread runs. */
  readonly body: URL;
  readonly clock: Clock;
  readonly log: Logger;
  /** What a thread is told before anything else. */
  readonly greeting: () => readonly FromPrimary[];
  /** A thread said something that is not about its own life. */
  readonly onMessage: (message: ThreadRequest, from: Worker) => void;
}

interface Slot {
  worker: Worker | undefined;
  isListening: boolean;
  /** See {@link ThreadSettings}. */
  posted: Int32Array;
  beats: Int32Array;
  startedAt: number;
  /** When the thread before this one ended, or was found to be full. */
  vacantSince: number | undefined;
  delay: number;
  respawn: unknown;
}

/**
 * Keeps the worker threads alive: one that ends without having been told to is replaced, and one that
 * is about to die of a full heap is so before it does.
 */
export class ThreadKeeper {
  readonly #options: ThreadKeeperOptions;
  readonly #slots: Slot[] = [];
  /** Threads whose places others take, and those places: each drains once another thread serves. */
  readonly #leaving = new Map<Slot, Slot>();
  #serving = false;
  #stopping = false;

  constructor(options: ThreadKeeperOptions) {
    this.#options = options;
  }

  /** The threads that live now. */
  get workers(): readonly Worker[] {
    return this.#all.flatMap((slot) => slot.worker ?? []);
  }

  get #all(): readonly Slot[] {
    return [...this.#slots, ...this.#leaving.keys()];
  }

  /** How often each thread has given a sign of life so far. */
  beats(): ReadonlyMap<Worker, number> {
    const live = this.#all.flatMap(({ worker, beats }) => (worker === undefined ? [] : [{ worker, beats }]));
    return new Map(live.map(({ worker, beats }) => [worker, Atomics.load(beats, 0)]));
  }

  /**
   * Starts all threads; resolves when all of them listen.
   * @throws {StartError} if one ends, or cannot listen, before that
   */
  async start(): Promise<void> {
    const { count } = this.#options;
    const slots = Array.from(
      { length: count },
      (): Slot => ({
        worker: undefined,
        isListening: false,
        posted: newCounter(),
        beats: newCounter(),
        startedAt: 0,
        vacantSince: undefined,
        delay: LIMITS.respawnDelay,
        respawn: undefined,
      }),
    );
    this.#slots.push(...slots);
    await Promise.all(slots.map((slot) => this.#spawn(slot)));
    this.#serving = true;
  }

  /** Tells all threads, or all but one. */
  broadcast(message: FromPrimary, except?: Worker): void {
    for (const slot of this.#all) {
      if (slot.worker !== except) post(slot, message);
    }
  }

  /**
   * Tells one thread, if it still lives.
   * @param handOver buffers in the message, which are the thread's from then on
   */
  tell(worker: Worker, message: FromPrimary, handOver: readonly ArrayBuffer[] = []): void {
    const slot = this.#all.find((one) => one.worker === worker);
    if (slot !== undefined) post(slot, message, handOver);
  }

  /**
   * Has every thread finish what it has begun. Takes {@link LIMITS.drain} at most, and a second.
   * @throws {Error} if a thread does not end by then; nothing but the end of the process helps then,
   *   for Worker.terminate() would not let uWebSockets.js close its sockets, and abort the process
   */
  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopping = true;
    const ends = this.#all.map((slot) => {
      const { worker, respawn } = slot;
      clock.clearTimeout(respawn);
      if (worker === undefined) return undefined;
      const end = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      post(slot, { kind: 'drain' });
      return end;
    });
    let deadline: unknown;
    const overdue = new Promise<never>((_resolve, reject) => {
      const give = () => reject(new Error('a worker thread does not end'));
      deadline = clock.setTimeout(give, LIMITS.drain + 1_000);
    });
    await Promise.race([Promise.all(ends), overdue]);
    clock.clearTimeout(deadline);
  }

  /** Resolves once the thread listens; rejects if it ends before. */
  #spawn(slot: Slot): Promise<void> {
    const { body, settings, clock, log, greeting, onMessage } = this.#options;
    const posted = newCounter();
    const beats = newCounter();
    const worker = new Worker(body, {
      workerData: { ...settings, posted, beats } satisfies ThreadSettings,
      resourceLimits: {
        maxOldGenerationSizeMb: heapFor(settings),
        maxYoungGenerationSizeMb: LIMITS.youngGeneration / MIB,
      },
    });
    slot.worker = worker;
    slot.posted = posted;
    slot.beats = beats;
    for (const message of greeting()) post(slot, message);
    slot.startedAt = clock.now();
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'listening') {
          this.#seat(slot);
          resolve();
        } else if (message.kind === 'full') this.#retire(slot, message);
        else onMessage(message, worker);
      });
      worker.on('error', (error) => log.error({ err: error }, 'a worker thread failed'));
      worker.once('exit', (code) => {
        reject(new StartError(`A worker thread could not listen on ${settings.host}:${settings.port}.`));
        const isLeaving = slot.worker !== worker;
        if (isLeaving) return;
        slot.worker = undefined;
        slot.isListening = false;
        // Where a thread cannot start, one that is full had better go too, as long as others serve.
        if (this.#slots.some((other) => other.isListening)) this.#relieve(slot);
        if (!this.#serving || this.#stopping) return;
        this.#refill(slot, { code }, 'a worker thread ended; another takes its place');
      });
    });
  }

  /**
   * Starts another thread in this one's place, and lets this one finish once that one listens. Where none
   * can be started, the last thread goes on: it may die of its heap, but meanwhile it serves.
   */
  #retire(slot: Slot, { used, limit }: { used: number; limit: number }): void {
    const { worker } = slot;
    if (worker === undefined || this.#stopping) return;
    const leaving = { ...slot };
    this.#leaving.set(leaving, slot);
    worker.once('exit', () => this.#leaving.delete(leaving));
    slot.worker = undefined;
    slot.isListening = false;
    this.#refill(slot, { used, limit }, 'the heap of a worker thread is full; another takes its place');
  }

  /** A thread listens in this place. */
  #seat(slot: Slot): void {
    const { clock, log } = this.#options;
    slot.isListening = true;
    this.#relieve(slot);
    if (slot.vacantSince === undefined) return;
    const after = Math.round(clock.now() - slot.vacantSince);
    slot.vacantSince = undefined;
    log.info({ after }, 'a worker thread listens in the place of one that ended');
  }

  /** Lets those finish whose place this is. */
  #relieve(slot: Slot): void {
    for (const [leaving, place] of this.#leaving) {
      if (place === slot) post(leaving, { kind: 'drain' });
    }
  }

  /** Starts another thread after a while, which is longer the sooner the one before had to be replaced. */
  #refill(slot: Slot, why: Readonly<Record<string, number>>, text: string): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    const lived = Math.round(now - slot.startedAt);
    if (lived > LIMITS.steadyAfter) slot.delay = LIMITS.respawnDelay;
    log.error({ ...why, lived, delay: slot.delay }, text);
    slot.vacantSince ??= now;
    slot.respawn = clock.setTimeout(() => {
      // A thread that ends before it listens is replaced like any other.
      this.#spawn(slot).catch(() => {});
    }, slot.delay);
    slot.delay = Math.min(slot.delay * 2, LIMITS.longestRespawnDelay);
  }
}

/** The one way to a thread: it may be standing still until a message comes. */
function post({ worker, posted }: Slot, message: FromPrimary, handOver: readonly ArrayBuffer[] = []): void {
  worker?.postMessage(message, handOver);
  Atomics.add(posted, 0, 1);
  Atomics.notify(posted, 0);
}

/** @returns mebibytes of heap: what Node gives to a thread, or more if its caches may be that large */
function heapFor({ templateCacheBytes }: WorkerSettings): number {
  const caches = templateCacheBytes + LIMITS.documentCacheBytes;
  const needed = caches / LIMITS.cachesInHeap;
  return Math.ceil(Math.max(getHeapStatistics().heap_size_limit, needed) / MIB);
}

function newCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}
