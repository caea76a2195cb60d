import type { FeedDocument } from '@px0/contract';

/** What a worker thread is started with. */
export interface WorkerSettings {
  readonly host: string;
  readonly port: number;
  readonly templateCacheBytes: number;
}

/** Where the gateway stands, as its readiness tells it. */
export interface Readiness {
  readonly ready: boolean;
  /** By name: `OK`, or what is the matter. */
  readonly dependencies: Readonly<Record<string, string>>;
}

export type FromPrimary =
  /** The state of a document that was asked for; null: the feed cannot tell. */
  | { readonly kind: 'found'; readonly key: string; readonly document: FeedDocument | null }
  /** Documents that changed, in the feed's order, or that another thread asked for. */
  | { readonly kind: 'changed' | 'shared'; readonly documents: readonly FeedDocument[] }
  /** Documents whose changes the primary may not hear of any more: they must be asked for again. */
  | { readonly kind: 'evicted'; readonly keys: readonly string[] }
  | { readonly kind: 'readiness'; readonly id: number; readonly readiness: Readiness }
  /** Stop listening, finish what is open, and end. */
  | { readonly kind: 'drain' };

export type FromWorker =
  | { readonly kind: 'listening' }
  | { readonly kind: 'find'; readonly key: string }
  | { readonly kind: 'askReadiness'; readonly id: number }
  /** Ids of API keys that were in use since this was told last. */
  | { readonly kind: 'used'; readonly ids: readonly string[] }
  | {
      readonly kind: 'log';
      readonly level: 'warn' | 'error';
      readonly fields: Readonly<Record<string, unknown>>;
      readonly text: string;
    };
