import type { FeedDocument, FeedHead, FeedMessage } from '@px0/contract';

/** Entries that a log keeps, unless the rules say otherwise: few, so that it often does not reach back. */
const LOG_LENGTH = 10;
/** Characters of a message's documents; a longer one goes without them. */
const BELL_LIMIT = 256 * 1024;

interface LogEntry {
  readonly key: string;
  readonly revision: number;
  readonly previous: number;
}

interface Stored {
  readonly revision: number;
  readonly body: string;
}

/** What stands in the store, and what a copy of it holds. */
export interface StoreContent {
  readonly head: FeedHead | undefined;
  /** By epoch; of an unfinished rebuild too. */
  readonly documents: ReadonlyMap<string, ReadonlyMap<string, Stored>>;
  readonly log: readonly LogEntry[];
}

export interface Ear {
  hear(message: FeedMessage): void;
}

export interface StoreRules {
  /** Whether a write is refused when the head is not the one that its writer expects. */
  readonly isFenced: boolean;
  /** Entries that a log keeps. */
  readonly logLength?: number;
}

/** Told of what is written, in the moment in which it is. */
export interface StoreWitness {
  appended(documents: readonly FeedDocument[]): void;
  rebuilt(head: FeedHead): void;
}

/** The store of the feed, as Redis holds it: each method is one command or one script. */
export class FeedStore {
  readonly #rules: StoreRules;
  readonly #witness: StoreWitness;
  readonly ears = new Set<Ear>();
  #head: FeedHead | undefined;
  #documents = new Map<string, Map<string, Stored>>();
  #log: LogEntry[] = [];
  /** Counts the messages that were published. */
  #rings = 0;

  constructor(rules: StoreRules, witness: StoreWitness) {
    this.#rules = rules;
    this.#witness = witness;
  }

  get head(): FeedHead | undefined {
    return this.#head;
  }

  /** How many messages were published. */
  get rings(): number {
    return this.#rings;
  }

  isAt(head: FeedHead | undefined): boolean {
    return this.#head?.epoch === head?.epoch && this.#head?.revision === head?.revision;
  }

  /** The entries after a revision, whichever epoch they are asked for under. */
  logAfter(epoch: string, revision: number): readonly LogEntry[] {
    return this.#head?.epoch === epoch ? this.#log.filter((entry) => entry.revision > revision) : [];
  }

  documentsOf(epoch: string): ReadonlyMap<string, Stored> {
    return this.#documents.get(epoch) ?? new Map();
  }

  append(expected: FeedHead, documents: readonly FeedDocument[]): FeedHead | 'diverged' {
    if (!this.#isExpected(expected)) return 'diverged';
    const held = this.#documentsToWrite(expected.epoch);
    let previous = expected.revision;
    for (const { key, revision, body } of documents) {
      if (body === null) held.delete(key);
      else held.set(key, { revision, body });
      this.#log.push({ key, revision, previous });
      previous = revision;
    }
    this.#log.splice(0, this.#log.length - (this.#rules.logLength ?? LOG_LENGTH));
    this.#head = { epoch: expected.epoch, revision: previous };
    this.#witness.appended(documents);
    const message = { ...this.#head, previous: expected.revision };
    const size = documents.reduce((sum, { key, body }) => sum + key.length + (body?.length ?? 0), 0);
    this.#ring(size > BELL_LIMIT ? message : { ...message, documents });
    return this.#head;
  }

  ring(expected: FeedHead): boolean {
    if (!this.#isExpected(expected)) return false;
    this.#ring({ ...expected, previous: expected.revision });
    return true;
  }

  /** Writes some documents of an epoch that does not stand yet. */
  prepare(head: FeedHead, page: readonly { readonly key: string; readonly body: string }[]): void {
    const held = this.#documentsToWrite(head.epoch);
    for (const { key, body } of page) held.set(key, { revision: head.revision, body });
  }

  /** Puts a prepared epoch in the place of the one that stands. @returns whether that was the one expected */
  flip(expected: FeedHead | undefined, head: FeedHead, count: number): boolean {
    if (!this.#isExpected(expected) || this.documentsOf(head.epoch).size !== count) return false;
    if (this.#head !== undefined) this.#documents.delete(this.#head.epoch);
    this.#head = head;
    this.#log = [];
    this.#witness.rebuilt(head);
    this.#ring({ ...head, previous: head.revision });
    return true;
  }

  copy(): StoreContent {
    const documents = new Map([...this.#documents].map(([epoch, held]) => [epoch, new Map(held)]));
    return { head: this.#head, documents, log: [...this.#log] };
  }

  restore({ head, documents, log }: StoreContent): void {
    this.#head = head;
    this.#documents = new Map([...documents].map(([epoch, held]) => [epoch, new Map(held)]));
    this.#log = [...log];
  }

  #isExpected(expected: FeedHead | undefined): boolean {
    return !this.#rules.isFenced || this.isAt(expected);
  }

  #documentsToWrite(epoch: string): Map<string, Stored> {
    let held = this.#documents.get(epoch);
    if (held === undefined) {
      held = new Map();
      this.#documents.set(epoch, held);
    }
    return held;
  }

  #ring(message: FeedMessage): void {
    this.#rings += 1;
    for (const ear of [...this.ears]) ear.hear(message);
  }
}

export const EMPTY: StoreContent = { head: undefined, documents: new Map(), log: [] };
