import type { FeedDocument, FeedHead, FeedReader } from '@px0/contract';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';

/** A document as this gateway knows it (body null: truly absent), or not known: the caller answers 503. */
export type Lookup = { readonly known: true; readonly document: FeedDocument } | { readonly known: false };

export type FollowerState = 'stopped' | 'subscribing' | 'syncing' | 'waiting' | 'following' | 'lost';

export interface FollowerStatus {
  readonly state: FollowerState;
  /** The head up to which everything was applied; undefined before the first synchronization. */
  readonly position: FeedHead | undefined;
  /** When this gateway last knew to be up to date, by its clock. Undefined before it ever was. */
  readonly currentAt: number | undefined;
}

export interface FeedFollowerOptions {
  readonly reader: FeedReader;
  /** Bound of the documents held, in bytes. Least recently used ones go first. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** From 0 up to 1, as Math.random gives. For the jitter of retries. */
  readonly random?: () => number;
  /** Told of every document whose state changed here, after it was applied, in order. */
  readonly onChange: (documents: readonly FeedDocument[]) => void;
}

/** Follows the feed and answers what it holds. FEED.md tells the protocol. */
export class FeedFollower {
  constructor(_options: FeedFollowerOptions) {}

  start(): void {}

  async stop(): Promise<void> {}

  /** One document, from memory or else from the feed, asked for once whoever asks. Never rejects. */
  async find(_key: string): Promise<Lookup> {
    return { known: false };
  }

  status(): FollowerStatus {
    return { state: 'stopped', position: undefined, currentAt: undefined };
  }
}
