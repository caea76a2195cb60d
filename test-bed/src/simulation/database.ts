import type { FeedHead } from '@px0/contract';
import { FEED_FORMAT, type PublisherState } from '@px0/control-plane';
import type { Session } from './session.js';

/** What a copy holds of it. Which server it is on now is no part of any copy. */
type RememberedState = Omit<PublisherState, 'serverNow'>;

interface Note {
  readonly id: string;
  readonly key: string;
}

/** A moment of the database; a transaction sees one, and a backup keeps one. */
export interface DatabaseContent {
  /** What the publisher makes of the rows, by document key. */
  readonly documents: ReadonlyMap<string, string>;
  readonly notes: readonly Note[];
  readonly state: RememberedState;
  /** Counts changes of documents; never goes back, not even when the database does. */
  readonly stamp: number;
}

/** Told of what was changed, in the moment in which it is committed. */
export type DatabaseWitness = (
  keys: readonly string[],
  documents: ReadonlyMap<string, string>,
  stamp: number,
) => void;

/** Documents' rows, outbox, publisher's state and lock. Each method is one transaction. */
export class SimulatedDatabase {
  readonly #witness: DatabaseWitness;
  #documents = new Map<string, string>();
  #notes: Note[] = [];
  #state: RememberedState = { epoch: null, format: null, reserved: 0, confirmed: 0, server: null };
  /** Counts the servers on which it has run. */
  #server = 1;
  #stamp = 0;
  #noteIds = 0;
  readonly sessions = new Set<Session>();
  lockHolder: Session | undefined;
  /** Whether it takes no connections, and changes neither. */
  isAway = false;
  /** The stamp that each reserved revision's document shows, or a later one. */
  readonly stampOfRevision = new Map<number, number>();

  constructor(witness: DatabaseWitness) {
    this.#witness = witness;
  }

  get documents(): ReadonlyMap<string, string> {
    return this.#documents;
  }

  /** That of the last change. */
  get stamp(): number {
    return this.#stamp;
  }

  get isPublished(): boolean {
    return this.#notes.length === 0;
  }

  get state(): PublisherState {
    return { ...this.#state, serverNow: this.#serverNow };
  }

  get #serverNow(): string {
    return `server ${this.#server}`;
  }

  /** What a user does: the new states of some documents, and a note of each. */
  change(states: Readonly<Record<string, string | null>>): void {
    this.#stamp += 1;
    for (const [key, body] of Object.entries(states)) {
      if (body === null) this.#documents.delete(key);
      else this.#documents.set(key, body);
      this.#noteIds += 1;
      this.#notes.push({ id: String(this.#noteIds), key });
    }
    this.#witness(Object.keys(states), this.#documents, this.#stamp);
    for (const session of this.sessions) session.notify();
  }

  content(): DatabaseContent {
    const [documents, notes] = [new Map(this.#documents), [...this.#notes]];
    return { documents, notes, state: this.#state, stamp: this.#stamp };
  }

  /**
   * What is not in the copy never was. Nobody's connection outlives it.
   * @returns whether anything had happened since
   */
  restore({ documents, notes, state }: DatabaseContent): boolean {
    const before = this.#documents;
    const isAnother = state !== this.#state || notes.length !== this.#notes.length;
    this.#stamp += 1;
    this.#documents = new Map(documents);
    this.#notes = [...notes];
    this.#state = state;
    this.#server += 1;
    const keys = [...new Set([...before.keys(), ...documents.keys()])];
    const changed = keys.filter((key) => before.get(key) !== documents.get(key));
    this.#witness(changed, this.#documents, this.#stamp);
    return isAnother || changed.length > 0;
  }

  /** @throws {Error} as Postgres does, if the state is not the one that the transaction has seen */
  reserve(seen: RememberedState, count: number, stamp: number): number {
    if (seen !== this.#state) throw new Error('could not serialize access due to concurrent update');
    const before = this.#state.reserved;
    this.#state = { ...this.#state, reserved: before + count };
    for (let revision = before + 1; revision <= before + count; revision++) {
      this.stampOfRevision.set(revision, stamp);
    }
    return before;
  }

  adopt(): void {
    this.#state = { ...this.#state, server: this.#serverNow };
  }

  settle(noteIds: readonly string[], revision: number): void {
    const settled = new Set(noteIds);
    this.#notes = this.#notes.filter(({ id }) => !settled.has(id));
    this.#state = { ...this.#state, confirmed: revision };
  }

  /** @throws {Error} as Postgres does, if the state is not the one that the transaction has seen */
  reserveEpoch(seen: DatabaseContent, { epoch, revision }: FeedHead): void {
    if (seen.state !== this.#state) throw new Error('could not serialize access due to concurrent update');
    this.stampOfRevision.set(revision, seen.stamp);
    const server = this.#serverNow;
    this.#state = { epoch, format: FEED_FORMAT, reserved: revision, confirmed: revision, server };
  }
}
