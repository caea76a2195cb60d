import type { FeedDocument, FeedHead, FeedReader } from '@px0/contract';
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

/** Questions to the feed for documents that are not held: one per key, whoever asks meanwhile. */
export class Lookups {
  readonly #options: LookupsOptions;
  readonly #underway = new Map<string, Underway>();

  constructor(options: LookupsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  find(key: string): Promise<Lookup> {
    const underway = this.#underway.get(key);
    if (underway !== undefined) return underway.answer;
    const answer = this.#ask(key).finally(() => this.#underway.delete(key));
    this.#underway.set(key, { answer, newest: undefined, overtaken: false });
    return answer;
  }

  /** A document came by another way: an answer that is on its way may be older. */
  saw(document: FeedDocument): void {
    const underway = this.#underway.get(document.key);
    if (underway !== undefined && document.revision > (underway.newest?.revision ?? -1)) {
      underway.newest = document;
    }
  }

  /** Everything was read anew: answers on their way may tell of what has gone without a word. */
  overtake(): void {
    for (const underway of this.#underway.values()) underway.overtaken = true;
  }

  async #ask(key: string): Promise<Lookup> {
    const { reader, store, position, reading, onFailure } = this.#options;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const before = position();
      try {
        const found = await reader.lookUp([key]);
        const underway = this.#underway.get(key);
        if (found === undefined || underway === undefined || isPast(found.head, before)) return UNKNOWN;
        if (underway.overtaken || isPast(found.head, reading())) {
          underway.overtaken = false;
          continue;
        }
        const document = found.documents[0] ?? { key, revision: found.head.revision, body: null };
        const { newest } = underway;
        const state = newest !== undefined && newest.revision > document.revision ? newest : document;
        store.apply(state);
        return { known: true, document: store.find(key) ?? state };
      } catch (error) {
        onFailure(error);
        return UNKNOWN;
      }
    }
    return UNKNOWN;
  }
}
