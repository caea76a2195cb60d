import type { FeedDocument, FeedHead, FeedReader, FeedReading } from '@px0/contract';
import { LIMITS } from '../limits.js';
import type { DocumentStore } from './document-store.js';
import { isPast } from './follower-states.js';

/** Tries of a look-up whose answers were overtaken by a new epoch. */
const TRIES = 3;

/** A document as this gateway knows it (body null: truly absent), or not known: the caller answers 503. */
export type Lookup = { readonly known: true; readonly document: FeedDocument } | { readonly known: false };

const UNKNOWN: Lookup = { known: false };

/** What happened to a key while its look-up was on its way. */
interface Underway {
  readonly answer: Promise<Lookup>;
  readonly settle: (lookup: Lookup) => void;
  newest: FeedDocument | undefined;
  overtaken: boolean;
}

export interface LookupsOptions {
  readonly reader: FeedReader;
  readonly store: DocumentStore;
  /** Up to where everything was applied. */
  readonly position: () => FeedHead | undefined;
  /** Where the feed stood when the reading of everything began that is under way now, if one is. */
  readonly reading: () => FeedHead | undefined;
  /** Told when the feed did not answer. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Questions to the feed for documents that are not held: one per key, whoever asks meanwhile, and those
 * that are asked for together go together. When {@link LIMITS.documentsAwaitedOfFeed} are under way,
 * the next ones are not known.
 */
export class Lookups {
  readonly #options: LookupsOptions;
  readonly #underway = new Map<string, Underway>();
  #unasked: string[] = [];
  /** The newest head of which anything was answered or read, wherever the position is. */
  #newest: FeedHead | undefined;
  /** Counts what was heard of documents by another way, whether anybody had asked for them or not. */
  #heard = 0;

  constructor(options: LookupsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  find(key: string): Promise<Lookup> {
    const underway = this.#underway.get(key);
    if (underway !== undefined) return underway.answer;
    if (this.#underway.size >= LIMITS.documentsAwaitedOfFeed) return Promise.resolve(UNKNOWN);
    let settle: (lookup: Lookup) => void = () => {};
    const answer = new Promise<Lookup>((resolve) => {
      settle = resolve;
    });
    this.#underway.set(key, { answer, settle, newest: undefined, overtaken: false });
    if (this.#unasked.length === 0) queueMicrotask(() => this.#askAll());
    this.#unasked.push(key);
    return answer;
  }

  /** A document came by another way: an answer that is on its way may be older. */
  saw(document: FeedDocument): void {
    this.#heard++;
    const underway = this.#underway.get(document.key);
    if (underway !== undefined && document.revision > (underway.newest?.revision ?? -1)) {
      underway.newest = document;
    }
  }

  /** Something of that head's time is known from now on: what is asked then must not be of an older one. */
  stoodAt(head: FeedHead): void {
    if (this.#newest === undefined || isPast(this.#newest, head)) this.#newest = head;
  }

  /** Everything was read anew: answers on their way may tell of what has gone without a word. */
  overtake(): void {
    this.#heard++;
    for (const underway of this.#underway.values()) underway.overtaken = true;
  }

  #askAll(): void {
    const keys = this.#unasked;
    this.#unasked = [];
    for (const question of questionsFor(keys)) void this.#ask(question);
  }

  async #ask(keys: readonly string[]): Promise<void> {
    const { reader, position, onFailure } = this.#options;
    let open = keys;
    try {
      for (let attempt = 0; attempt < TRIES && open.length > 0; attempt++) {
        const before = [position(), this.#newest];
        const heard = this.#heard;
        const found = await reader.lookUp(open, LIMITS.largeDocumentsPerQuestion);
        if (found === undefined || before.some((head) => isPast(found.head, head))) break;
        this.stoodAt(found.head);
        // Of what came along nobody would know whether a newer state came by meanwhile, and was let go again.
        if (heard === this.#heard) this.#keepAhead(open, found);
        open = this.#answer(open, found);
      }
    } catch (error) {
      onFailure(error);
    }
    for (const key of open) this.#settle(key, UNKNOWN);
  }

  /**
   * Holds what came along unasked, for whoever asks next. Of what is known already others may hold the same
   * state: a change of it has to be told to them, as the feed tells it.
   */
  #keepAhead(keys: readonly string[], { head, documents }: FeedReading): void {
    const { store, reading } = this.#options;
    if (documents.length === 0 || isPast(head, reading())) return;
    const asked = new Set(keys);
    for (const document of documents) {
      if (!asked.has(document.key) && !store.knows(document.key)) store.learn(document);
    }
  }

  /** @returns keys whose answer was overtaken: they are to be asked for again */
  #answer(keys: readonly string[], { head, documents }: FeedReading): string[] {
    const { store, reading } = this.#options;
    const found = new Map(documents.map((document) => [document.key, document]));
    const overtaken: string[] = [];
    for (const key of keys) {
      const underway = this.#underway.get(key);
      if (underway === undefined) continue;
      if (underway.overtaken || isPast(head, reading())) {
        underway.overtaken = false;
        overtaken.push(key);
        continue;
      }
      const document = found.get(key) ?? { key, revision: head.revision, body: null };
      const { newest } = underway;
      const state = newest !== undefined && newest.revision > document.revision ? newest : document;
      store.learn(state);
      const held = store.find(key);
      const isUseless = held === undefined && store.refuses(state);
      this.#settle(key, isUseless ? UNKNOWN : { known: true, document: held ?? state });
    }
    return overtaken;
  }

  #settle(key: string, lookup: Lookup): void {
    const underway = this.#underway.get(key);
    this.#underway.delete(key);
    underway?.settle(lookup);
  }
}

/** Many small documents go together, of those that may be large only some: answers stay of a size to wait for. */
function questionsFor(keys: readonly string[]): string[][] {
  const questions: string[][] = [];
  for (const [isOfKind, size] of [
    [isLarge, LIMITS.largeDocumentsPerQuestion],
    [(key: string) => !isLarge(key), LIMITS.documentsPerQuestion],
  ] as const) {
    const some = keys.filter(isOfKind);
    for (let start = 0; start < some.length; start += size) questions.push(some.slice(start, start + size));
  }
  return questions;
}

function isLarge(key: string): boolean {
  return key.startsWith('version:');
}
