import type { FeedDocument } from '@px0/contract';
import type { Readiness } from '../http/readiness.js';
import type { ServerBounds } from '../http/server.js';
import type { Counters } from '../metrics/counters.js';
import type { PoolOutcome, RenderOrder } from '../render/pool-order.js';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly host: string;
  readonly port: number;
  readonly templateCacheBytes: number;
  /** Renders that may be with the pool at once. */
  readonly poolPlaces: number;
  /** Seconds beyond which nothing is served while the feed cannot be followed. */
  readonly maxStaleness: number;
  readonly bounds: ServerBounds;
  /** Origins whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
}

/** What the keeper of the threads adds to that. */
export interface ThreadSettings extends WorkerSettings {
  /** One number: how many messages were posted to the thread. Shared, and notified of each. */
  readonly posted: Int32Array;
  /** One number: how often the thread gave a sign of life. Shared. */
  readonly beats: Int32Array;
}

/** The state of a document that was asked for; null: the feed cannot tell. */
export interface Found {
  readonly key: string;
  readonly document: FeedDocument | null;
}

export type FromPrimary =
  | { readonly kind: 'found'; readonly answers: readonly Found[] }
  /** Documents that changed, in the feed's order, or that another thread asked for. */
  | { readonly kind: 'changed' | 'shared'; readonly documents: readonly FeedDocument[] }
  /** Documents whose changes the primary may not hear of any more: they must be asked for again. */
  | { readonly kind: 'evicted'; readonly keys: readonly string[] }
  /** When it changes, and to a thread that has just been started. */
  | { readonly kind: 'readiness'; readonly readiness: Readiness }
  /**
   * When the gateway last knew that it was up to date, in milliseconds of Unix time; null: it is now. When it
   * changes, and to a thread that has just been started.
   */
  | { readonly kind: 'stale'; readonly since: number | null }
  /** All that changed up to this revision was told: to be answered with `applied`. */
  | { readonly kind: 'position'; readonly revision: number }
  /** What came of a render that was handed to the pool. */
  | { readonly kind: 'pooled'; readonly id: number; readonly outcome: PoolOutcome }
  /** Stop listening, finish what is open, and end. */
  | { readonly kind: 'drain' };

export type FromWorker =
  | { readonly kind: 'listening' }
  /** The thread's heap is nearly full: another is to take its place before it dies. */
  | { readonly kind: 'full'; readonly used: number; readonly limit: number }
  | { readonly kind: 'find'; readonly keys: readonly string[] }
  /** Ids of API keys that were in use since this was told last. */
  | { readonly kind: 'used'; readonly ids: readonly string[] }
  /** All that was told before this `position` is applied. */
  | { readonly kind: 'applied'; readonly revision: number }
  /** A document turned out to be of no use when it was needed. */
  | {
      readonly kind: 'refused';
      readonly key: string;
      readonly revision: number;
      readonly reason: string;
    }
  /** A render that is too much for a thread that answers requests. */
  | { readonly kind: 'pool'; readonly id: number; readonly order: RenderOrder }
  /** What was counted since it was told last. */
  | { readonly kind: 'counted'; readonly counters: Counters }
  | {
      readonly kind: 'log';
      readonly level: 'warn' | 'error';
      readonly fields: Readonly<Record<string, unknown>>;
      readonly text: string;
    };
