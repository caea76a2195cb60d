import type { FeedDocument } from './documents.js';

/**
 * The feed: what the publisher writes and gateways follow. It has two houses, Redis and Postgres,
 * each with a writing half in the control plane and a reading half in the gateway. Both pairs pass
 * one conformance suite. FEED.md tells the protocol.
 */

/**
 * Where a feed stands. Revisions grow with every document. They may skip (one that was reserved and
 * perhaps never written is not used again), and never go back, not even in a new epoch: of two states
 * of a document, or two heads, the one of the higher revision is the newer.
 */
export interface FeedHead {
  /** Names one unbroken history. A store that was emptied or restored goes on under a new one. */
  readonly epoch: string;
  readonly revision: number;
}

/** What the bell says. It may get lost; the store is the truth. */
export interface FeedMessage extends FeedHead {
  /** The revision before this message's documents. Equal to `revision` in a heartbeat. */
  readonly previous: number;
  /** All that changed between the two. Absent when too large for the bell: read the log. */
  readonly documents?: readonly FeedDocument[];
}

/** The store cannot be reached, or did not answer in time. Trying again may help. */
export class FeedUnavailableError extends Error {
  override readonly name = 'FeedUnavailableError';
}

/**
 * The writing half. One process at a time holds the publisher's lock; a second one is fenced by
 * `expected`. Every method rejects with {@link FeedUnavailableError} when the store does not answer, and
 * may have done its work all the same.
 */
export interface FeedWriter {
  /** @returns the head, or undefined for a store that holds no complete feed */
  head(): Promise<FeedHead | undefined>;
  /**
   * Writes documents, log and head, and rings the bell, all in one atomic step.
   * @param documents at least one, each key once, of ascending revisions above `expected`
   * @returns the new head, or 'diverged' (and nothing written) if the head is not `expected`
   */
  append(expected: FeedHead, documents: readonly FeedDocument[]): Promise<FeedHead | 'diverged'>;
  /** Rings without news. @returns whether the head still is `expected` */
  ring(expected: FeedHead): Promise<boolean>;
  /**
   * Starts an epoch with the whole state given. Readers see the old feed until it is complete, then
   * the new one at once. Every document has the revision of `head`.
   * @returns 'diverged' (and the old feed left standing) if a head not below `head` stands, or another
   *   writer was at work meanwhile
   */
  rebuild(
    head: FeedHead,
    documents: AsyncIterable<readonly { readonly key: string; readonly body: string }[]>,
  ): Promise<FeedHead | 'diverged'>;
  close(): Promise<void>;
}

export interface FeedSubscriber {
  message(message: FeedMessage): void;
  /** The subscription is over; called once at most, and never after `unsubscribe`. */
  lost(reason: Error): void;
}

export interface FeedSubscription {
  unsubscribe(): Promise<void>;
}

/** What a look-up or a reading of the log found, and where the feed stood in that same moment. */
export interface FeedReading {
  readonly head: FeedHead;
  readonly documents: readonly FeedDocument[];
}

/** The reading half. Every method rejects with {@link FeedUnavailableError} when the store does not answer. */
export interface FeedReader {
  /** Resolves when the store has confirmed the subscription: whatever is published from then on rings. */
  subscribe(subscriber: FeedSubscriber): Promise<FeedSubscription>;
  /** @returns the head, or undefined for a store that holds no complete feed */
  head(): Promise<FeedHead | undefined>;
  /**
   * What changed after `from`, each changed document once, in its newest state, by ascending revision.
   * @returns undefined if the log does not tell: another epoch, no feed, a head below `from`, or it no
   *   longer reaches back
   */
  readSince(from: FeedHead): Promise<FeedReading | undefined>;
  /**
   * All documents of an epoch, in pages. A document changed meanwhile may come in its old state, its
   * new one or not at all: read the log from the head that stood before.
   * Ends early, without an error, when the epoch does.
   */
  readAll(epoch: string): AsyncIterable<readonly FeedDocument[]>;
  /**
   * The documents of these keys, in one moment with the head. Absent ones are left out. What renders want after
   * them ({@link keyAhead}, and once more after that) may come along unasked, of the same moment.
   * @param ahead of how many of the keys at most it may
   * @returns undefined for a store that holds no complete feed
   */
  lookUp(keys: readonly string[], ahead?: number): Promise<FeedReading | undefined>;
  close(): Promise<void>;
}
