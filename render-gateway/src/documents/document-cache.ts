import { type Clock, type FeedDocument, InvalidDocumentError } from '@px0/contract';
import { LRUCache } from 'lru-cache';
import { LIMITS } from '../limits.js';
import { bytesOfAbsence } from './absence.js';

export interface DocumentCacheOptions<T> {
  /** Bound of what is held, in the unit of `sizeOf`. */
  readonly maxBytes: number;
  /** What a document takes once it is read, from the text under which it travelled. */
  readonly sizeOf: (body: string) => number;
  /** Makes of a document's text what renders use. May throw: the text comes from shared ground. */
  readonly read: (key: string, body: string) => T;
  /** Told of each document that cannot be read, once. */
  readonly onUnreadable: (error: unknown, key: string, revision: number) => void;
  readonly clock: Pick<Clock, 'now'>;
}

interface Held<T> {
  readonly revision: number;
  /** Not read yet. Reading waits for the first use: most of what arrives is never asked for here. */
  body: string | undefined;
  /** While `body` is unread: the state before it, kept in case that the new one is unreadable. */
  value: T | undefined;
}

/**
 * Documents of a worker thread, by document key. What is known to be absent is held as well, but
 * apart and briefly, so that a flood of unknown keys pushes out nothing that exists.
 */
export class DocumentCache<T> {
  readonly #options: DocumentCacheOptions<T>;
  readonly #held: LRUCache<string, Held<T>>;
  readonly #absent: LRUCache<string, number>;
  #hearsAll = true;

  constructor(options: DocumentCacheOptions<T>) {
    this.#options = options;
    this.#held = new LRUCache({ maxSize: options.maxBytes });
    this.#absent = new LRUCache({
      maxSize: LIMITS.absentBytes,
      sizeCalculation: (_revision, key) => bytesOfAbsence(key),
      ttl: LIMITS.absentAge,
      ttlResolution: 0,
      perf: options.clock,
    });
  }

  /**
   * @returns what is held; null for what is known to be absent; undefined for what must be asked for
   * @throws {InvalidDocumentError} for a document that cannot be read and has no readable state before it
   */
  find(key: string): T | null | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return this.#absent.has(key) ? null : undefined;
    if (held.body !== undefined) this.#read(key, held, held.body);
    if (held.value === undefined) throw new InvalidDocumentError(key, 'cannot be read');
    return held.value;
  }

  /** Whether a change of this document matters here. */
  knows(key: string): boolean {
    return this.#held.has(key) || this.#absent.has(key);
  }

  /**
   * Takes a document in, unless a newer state of it is held.
   * @returns whether it was taken
   */
  put({ key, revision, body }: FeedDocument): boolean {
    const held = this.#held.peek(key);
    const known = held?.revision ?? this.#absent.peek(key) ?? -1;
    // At the same revision it is taken: an absence has the revision at which the feed was asked, which
    // says nothing against a document that came with that revision.
    if (revision < known) return false;
    if (body === null) {
      this.#held.delete(key);
      this.#absent.set(key, revision, { ttl: this.#hearsAll ? LIMITS.absentAge : LIMITS.unvouchedAbsentAge });
      return true;
    }
    this.#absent.delete(key);
    // Read now what was not needed until now: the new state may turn out to be unreadable.
    if (held?.body !== undefined) this.#read(key, held, held.body);
    this.#held.set(key, { revision, body, value: held?.value }, { size: this.#options.sizeOf(body) });
    return true;
  }

  /**
   * Whether the primary hears of every change, so that an absence may be remembered. When it no longer
   * does, those remembered are forgotten at once; what is found absent meanwhile is so for the requests
   * that asked, and hardly longer.
   */
  vouchForAbsences(vouch: boolean): void {
    this.#hearsAll = vouch;
    if (!vouch) this.#absent.clear();
  }

  /** Whether what is held is as it is in the feed: if not, what it does not name may be there all the same. */
  get hearsAll(): boolean {
    return this.#hearsAll;
  }

  /** Forgets what is known of a document: it is asked for when it is needed next. */
  drop(key: string): void {
    this.#held.delete(key);
    this.#absent.delete(key);
  }

  #read(key: string, held: Held<T>, body: string): void {
    held.body = undefined;
    try {
      held.value = this.#options.read(key, body);
    } catch (error) {
      this.#options.onUnreadable(error, key, held.revision);
    }
  }
}
