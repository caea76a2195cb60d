import type { FeedHead } from '@px0/contract';
import type { Batch, PublisherSession, PublisherState } from '@px0/control-plane';
import type { DatabaseContent, SimulatedDatabase } from './database.js';
import type { Link, Network, Process } from './network.js';
import type { World } from './world.js';

const PATIENCE = 10_000;
/** Notes of a batch, at most: few, so that what one user did at once comes in two batches. */
const BATCH_SIZE = 5;
const PAGE_SIZE = 3;
/** After this the server ends the connection of a client that is gone without a word. */
const KEEPALIVE = 19_000;
/** After this at the latest, if it can reach the client's machine again. */
const LATEST_NOTICE = 5_000;

/** One process's way to the database. */
export interface DatabaseAccess {
  readonly world: World;
  readonly network: Network;
  readonly database: SimulatedDatabase;
  readonly process: Process;
  readonly link: Link;
}

/** A publisher's connection, in the round trips in which it works with Postgres. */
export class Session implements PublisherSession {
  readonly #access: DatabaseAccess;
  readonly #onNote: () => void;
  readonly #onLost: (error: Error) => void;
  /** Whether the server takes statements on it. */
  #alive = true;
  #closed = false;

  private constructor(access: DatabaseAccess, onNote: () => void, onLost: (error: Error) => void) {
    this.#access = access;
    this.#onNote = onNote;
    this.#onLost = onLost;
  }

  static async open(
    access: DatabaseAccess,
    onNote: () => void,
    onLost: (error: Error) => void,
  ): Promise<Session> {
    const session = new Session(access, onNote, onLost);
    try {
      await session.#call('connect', () => {
        if (access.database.isAway) throw new Error('the database is starting up');
        access.database.sessions.add(session);
      });
    } catch (error) {
      session.#closed = true;
      session.terminate(false);
      throw error;
    }
    return session;
  }

  get process(): Process {
    return this.#access.process;
  }

  /** Notes were left. */
  notify(): void {
    const { world, link } = this.#access;
    world.time.after(world.delay(), () => {
      if (!link.isCut && this.#isHeard()) this.#onNote();
    });
  }

  /** The server ends the connection, and frees its lock. @param isTold whether the client hears of it */
  terminate(isTold: boolean): void {
    const { world, database } = this.#access;
    if (!this.#alive) return;
    this.#alive = false;
    database.sessions.delete(this);
    if (database.lockHolder === this) database.lockHolder = undefined;
    if (!isTold) return;
    world.time.after(world.delay(), () => {
      if (this.#isHeard()) this.#onLost(new Error('the connection to Postgres was closed'));
    });
  }

  /** The client is gone. The server notices at once if it can be told, else by and by. */
  abandon(): void {
    const { world, link, network } = this.#access;
    const soon = () => world.time.after(world.delay(), () => this.terminate(false));
    if (!link.isCut) return void soon();
    const end = network.beginTrouble();
    const notice = () => {
      end();
      this.terminate(false);
    };
    link.whenMended(() => world.time.after(world.random.between(0, LATEST_NOTICE), notice));
    world.time.after(KEEPALIVE, notice);
  }

  tryLock(): Promise<boolean> {
    const { database } = this.#access;
    return this.#call('lock', () => {
      database.lockHolder ??= this;
      return database.lockHolder === this;
    });
  }

  state(): Promise<PublisherState> {
    return this.#call('state', () => this.#access.database.state);
  }

  adopt(): Promise<void> {
    return this.#call('adopt', () => this.#access.database.adopt());
  }

  async takeBatch(): Promise<Batch | undefined> {
    const { database } = this.#access;
    const seen = await this.#call('notes', () => database.content());
    const notes = seen.notes.slice(0, BATCH_SIZE);
    if (notes.length === 0) return undefined;
    const keys = [...new Set(notes.map(({ key }) => key))];
    const documents = keys.map((key) => ({ key, body: seen.documents.get(key) ?? null }));
    const reservedBefore = await this.#call(`reserve ${keys.length}`, () =>
      database.reserve(seen.state, keys.length, seen.stamp),
    );
    return { noteIds: notes.map(({ id }) => id), documents, reservedBefore };
  }

  settle(noteIds: readonly string[], revision: number): Promise<void> {
    return this.#call(`settle ${revision}`, () => this.#access.database.settle(noteIds, revision));
  }

  async *loadEpoch(head: FeedHead): AsyncGenerator<{ key: string; body: string }[]> {
    const { database } = this.#access;
    const seen: DatabaseContent = await this.#call('load', () => database.content());
    const documents = [...seen.documents].map(([key, body]) => ({ key, body }));
    for (let start = 0; start < documents.length; start += PAGE_SIZE) {
      if (start > 0) await this.#call('load', () => undefined);
      yield documents.slice(start, start + PAGE_SIZE);
    }
    await this.#call(`${head.epoch} at ${head.revision}`, () => database.reserveEpoch(seen, head));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.abandon();
  }

  #isHeard(): boolean {
    return !this.#closed && this.process.isAlive;
  }

  #call<T>(what: string, work: () => T): Promise<T> {
    const { network, process, link } = this.#access;
    return network.call({
      process,
      link,
      what: `${what} (database)`,
      work: () => {
        if (!this.#alive) throw new Error('the connection to Postgres was closed');
        return work();
      },
      patience: PATIENCE,
      failure: (words) => new Error(words),
    });
  }
}
