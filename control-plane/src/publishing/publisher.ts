import { randomUUID } from 'node:crypto';
import {
  Backoff,
  type Clock,
  type FeedHead,
  type FeedWriter,
  HEARTBEAT_INTERVAL,
  systemClock,
} from '@px0/contract';
import type { Logger } from 'pino';
import { wordsOf } from '../database/connection-trouble.js';
import { examine, type OwnMemory } from './publisher-position.js';
import type { OpenSession, PublisherSession } from './publisher-session.js';

/** How often a standby asks for the lock. */
const ELECTION_INTERVAL = 1_000;
const FIRST_RETRY = 50;
const LONGEST_RETRY = 1_000;
/**
 * Milliseconds after it last held the lock for which a publisher knows that no other has written and been
 * undone since: taking over, writing, and restoring database and feed takes longer.
 */
const MEMORY_LIFE = 10_000;

export interface PublisherOptions {
  readonly openSession: OpenSession;
  readonly writer: FeedWriter;
  readonly log: Logger;
  readonly clock?: Clock;
  /** From 0 up to 1, as Math.random gives. For the jitter of retries. */
  readonly random?: () => number;
  /** Names an epoch as none was ever named. */
  readonly newEpoch?: () => string;
}

/**
 * What the publisher is about. Each state has one step, which answers the next state:
 *
 * | State | Step | Next |
 * |---|---|---|
 * | connecting | opens a session | electing |
 * | electing | tries the lock; if another has it, waits | examining, electing |
 * | examining | compares the feed with what the database remembers | draining, rebuilding |
 * | rebuilding | writes everything under a new epoch | draining; diverged: examining |
 * | draining | carries a batch of notes to the feed | draining; none left: resting; diverged: examining |
 * | resting | waits for a note; rings when it is time to | draining; diverged: examining |
 * | troubled | gives up session and lock, waits | connecting |
 *
 * Any step that fails leads to troubled: what failed may have happened all the same, and the lock may
 * be gone, so nothing is believed but what is read anew.
 */
type State = 'connecting' | 'electing' | 'examining' | 'rebuilding' | 'draining' | 'resting' | 'troubled';

/** Carries changes from the outbox to the feed. One is active at a time, whoever holds the lock. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #newEpoch: () => string;
  readonly #steps: Record<State, () => Promise<State>> = {
    connecting: () => this.#connect(),
    electing: () => this.#elect(),
    examining: () => this.#examine(),
    rebuilding: () => this.#rebuild(),
    draining: () => this.#drain(),
    resting: () => this.#rest(),
    troubled: () => this.#recover(),
  };
  #session: PublisherSession | undefined;
  /** The head that was written last, or gone on from. Outlives the session. */
  #head: FeedHead | undefined;
  /** When the lock was last held for sure; undefined once another publisher was seen to hold it. */
  #heldAt: number | undefined;
  /** The revision that a rebuild is to begin with. */
  #firstRevision = 0;
  #rangAt = 0;
  #noted = false;
  #lost: Error | undefined;
  #trouble: string | undefined;
  #stopping = false;
  #running: Promise<void> | undefined;
  #pausing: { readonly wake: () => void; readonly endsWithNote: boolean } | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, options.random ?? Math.random);
    this.#newEpoch = options.newEpoch ?? randomUUID;
  }

  /** Goes to work in the background; returns at once, whether or not anything can be reached. */
  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Finishes or gives up the step under way, and hands the lock on. A publisher that was stopped is not
   * started again. The writer is the caller's to close.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pausing?.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let state: State = 'connecting';
    while (!this.#stopping) {
      try {
        if (this.#lost !== undefined && state !== 'troubled') throw this.#lost;
        state = await this.#steps[state]();
      } catch (error) {
        this.#report(error);
        state = 'troubled';
      }
    }
    await this.#closeSession();
  }

  async #connect(): Promise<State> {
    this.#session = await this.#options.openSession(
      () => {
        this.#noted = true;
        if (this.#pausing?.endsWithNote) this.#pausing.wake();
      },
      (error) => {
        this.#lost = error;
        this.#pausing?.wake();
      },
    );
    return 'electing';
  }

  async #elect(): Promise<State> {
    if (await this.#open().tryLock()) return 'examining';
    this.#heldAt = undefined;
    // Standing by is well, whatever was wrong before.
    this.#isWell();
    await this.#pause(ELECTION_INTERVAL, false);
    return 'electing';
  }

  async #examine(): Promise<State> {
    const session = this.#open();
    const state = await session.state();
    const head = await this.#options.writer.head();
    const examination = examine(state, head, this.#clock.now(), this.#memory());
    if (examination.verdict === 'rebuild') {
      const { reason, revision } = examination;
      this.#options.log.info({ reason, revision }, 'the feed begins a new epoch');
      this.#firstRevision = revision;
      return 'rebuilding';
    }
    if (state.server !== state.serverNow) await session.adopt();
    this.#publishFrom(examination.head);
    return 'draining';
  }

  #memory(): OwnMemory | undefined {
    if (this.#head === undefined) return undefined;
    const isLatest = this.#heldAt !== undefined && this.#clock.now() - this.#heldAt < MEMORY_LIFE;
    return { head: this.#head, isLatest };
  }

  async #rebuild(): Promise<State> {
    const session = this.#open();
    const head = { epoch: this.#newEpoch(), revision: this.#firstRevision };
    const result = await this.#options.writer.rebuild(head, session.loadEpoch(head));
    if (result === 'diverged') return 'examining';
    this.#publishFrom(result);
    return 'draining';
  }

  async #drain(): Promise<State> {
    this.#noted = false;
    const session = this.#open();
    const asked = this.#clock.now();
    const batch = await session.takeBatch();
    this.#heldAt = asked;
    if (batch === undefined) {
      this.#isWell();
      return 'resting';
    }
    const documents = batch.documents.map(({ key, body }, index) => ({
      key,
      revision: batch.reservedBefore + 1 + index,
      body,
    }));
    let head = this.#standing();
    if (documents.length > 0) {
      const result = await this.#options.writer.append(head, documents);
      if (result === 'diverged') return 'examining';
      head = result;
      this.#head = head;
      this.#rangAt = this.#clock.now();
    }
    await session.settle(batch.noteIds, head.revision);
    this.#isWell();
    return 'draining';
  }

  #isWell(): void {
    this.#trouble = undefined;
    this.#backoff.reset();
  }

  async #rest(): Promise<State> {
    const due = this.#rangAt + HEARTBEAT_INTERVAL - this.#clock.now();
    if (due > 0 && !this.#noted) await this.#pause(Math.min(due, HEARTBEAT_INTERVAL), true);
    if (this.#noted || this.#stopping || this.#lost !== undefined) return 'draining';
    if (!(await this.#options.writer.ring(this.#standing()))) return 'examining';
    this.#rangAt = this.#clock.now();
    // Looks for notes too, though none was heard of: it shows whether the session still lives.
    return 'draining';
  }

  async #recover(): Promise<State> {
    await this.#closeSession();
    this.#lost = undefined;
    await this.#pause(this.#backoff.next(), false);
    return 'connecting';
  }

  #publishFrom(head: FeedHead): void {
    this.#head = head;
    this.#rangAt = 0;
    this.#options.log.info({ epoch: head.epoch, revision: head.revision }, 'publishing');
  }

  /** Logs a trouble when it begins or changes, and not at every try. */
  #report(error: unknown): void {
    const trouble = wordsOf(error);
    if (trouble !== this.#trouble) {
      this.#options.log.warn({ err: error }, 'cannot publish for now; changes wait in the outbox');
    }
    this.#trouble = trouble;
  }

  #pause(delay: number, endsWithNote: boolean): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#clock.clearTimeout(timer);
        this.#pausing = undefined;
        resolve();
      };
      const timer = this.#clock.setTimeout(wake, delay);
      this.#pausing = { wake, endsWithNote };
      if (this.#stopping) wake();
    });
  }

  async #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }

  #open(): PublisherSession {
    if (this.#session === undefined) throw new Error('no session is open');
    return this.#session;
  }

  #standing(): FeedHead {
    if (this.#head === undefined) throw new Error('no feed stands');
    return this.#head;
  }
}
