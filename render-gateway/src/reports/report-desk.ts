import { randomUUID } from 'node:crypto';
import {
  Backoff,
  type Clock,
  type FeedHead,
  type GatewayReport,
  type GatewayReporter,
  REPORT_INTERVAL,
} from '@px0/contract';
import type { Logger } from 'pino';
import { LIMITS } from '../limits.js';
import type { Refusals } from '../screening/refusals.js';

export interface ReportDeskOptions<Thread> {
  readonly reporter: GatewayReporter;
  readonly host: string;
  readonly refusals: Pick<Refusals, 'list' | 'earliestUnlisted'>;
  /** Below which revision all is judged. */
  readonly judged: () => number;
  /** The worker threads that live now. */
  readonly threads: () => readonly Thread[];
  /** Asks a thread to say so when all that it was told before has been applied: see {@link ReportDesk.applied}. */
  readonly ask: (thread: Thread, revision: number) => void;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Tells the control plane how far this gateway is: the position that all its threads have applied, and
 * the documents that it refuses. Of what is not listed there, and of what is not judged yet, it does not say
 * that it has been applied. At once when that changes, a few milliseconds later to be exact, and from time
 * to time. Nothing waits for it.
 */
export class ReportDesk<Thread extends object> {
  readonly #options: ReportDeskOptions<Thread>;
  readonly #gateway = randomUUID();
  /** What threads have applied; one that has not said so yet serves nothing that is older. */
  readonly #applied = new WeakMap<Thread, number>();
  /** The revision that a thread was asked about last. */
  readonly #asked = new WeakMap<Thread, number>();
  readonly #retries = new Backoff(LIMITS.reportRetry, LIMITS.longestReportRetry, Math.random);
  #head: FeedHead | undefined;
  #told = '';
  /** When the report is told again though nothing has changed. */
  #renewAt = 0;
  #timer: unknown;
  #dueAt = Number.POSITIVE_INFINITY;
  #sending: Promise<void> | undefined;
  #hasFailed = false;
  #stopped = false;

  constructor(options: ReportDeskOptions<Thread>) {
    this.#options = options;
  }

  /** Begins to report. */
  start(): void {
    this.#wakeIn(0);
  }

  /** All up to here was told to the threads. */
  moved(head: FeedHead): void {
    this.#head = head;
    for (const thread of this.#options.threads()) {
      // What it was told at its start came from the snapshot of another feed.
      if ((this.#applied.get(thread) ?? 0) > head.revision) {
        this.#applied.set(thread, 0);
        this.#asked.delete(thread);
      }
      this.#askOf(thread);
    }
    this.changed();
  }

  /** A thread has applied all that it was told up to this revision. */
  applied(thread: Thread, revision: number): void {
    if (revision !== (this.#asked.get(thread) ?? revision)) return;
    this.#applied.set(thread, revision);
    this.#askOf(thread);
    this.changed();
  }

  /** Something that the report tells of may have changed. */
  changed(): void {
    if (!this.#hasFailed) this.#wakeIn(LIMITS.reportDelay);
  }

  /** Finishes what is being reported, and takes the report away, if the store answers. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#sending;
    await this.#options.reporter.remove(this.#gateway).catch(() => {
      // It goes by itself when it has not been renewed for a while.
    });
  }

  /** One question is open at a time: what was told meanwhile is asked about with the next one. */
  #askOf(thread: Thread): void {
    if (this.#head === undefined) return;
    const { revision } = this.#head;
    const applied = this.#applied.get(thread) ?? 0;
    if (applied >= revision || (this.#asked.get(thread) ?? 0) > applied) return;
    this.#asked.set(thread, revision);
    this.#options.ask(thread, revision);
  }

  #report(): GatewayReport {
    const { host, refusals, judged, threads } = this.#options;
    const applied = threads().flatMap((thread) => this.#applied.get(thread) ?? []);
    const head = this.#head;
    const below = Math.min(judged(), refusals.earliestUnlisted());
    return {
      gateway: this.#gateway,
      host,
      epoch: head?.epoch ?? null,
      revision: head === undefined ? null : Math.max(0, Math.min(head.revision, below - 1, ...applied)),
      refused: refusals.list(),
    };
  }

  #wakeIn(delay: number): void {
    const { clock } = this.#options;
    const at = clock.now() + delay;
    if (this.#stopped || this.#sending !== undefined || at >= this.#dueAt) return;
    clock.clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = clock.setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      this.#sending = this.#send().then((pause) => {
        this.#sending = undefined;
        this.#wakeIn(pause);
      });
    }, delay);
  }

  /** @returns milliseconds until the next look */
  async #send(): Promise<number> {
    const { reporter, clock, log } = this.#options;
    const report = this.#report();
    const text = JSON.stringify(report);
    const now = clock.now();
    if (text === this.#told && now < this.#renewAt) return Math.min(this.#renewAt - now, REPORT_INTERVAL);
    try {
      await reporter.report(report);
      this.#told = text;
      this.#renewAt = now + REPORT_INTERVAL;
      this.#hasFailed = false;
      this.#retries.reset();
      // What has changed meanwhile is seen then.
      return LIMITS.reportDelay;
    } catch (err) {
      if (!this.#hasFailed) log.warn({ err }, 'cannot report for now how far this gateway is');
      this.#hasFailed = true;
      this.#told = '';
      return this.#retries.next();
    }
  }
}
