import type { Refusal } from '../errors.js';
import type { OwnBytes } from '../render/own-bytes.js';
import type { PromptOfAnswer } from '../render/pool-order.js';

/** A version's document, as the primary hands it to the pool's threads. */
export interface VersionText {
  readonly key: string;
  readonly revision: number;
  /** See `sharedBytes`. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** What the primary asks of a thread of the pool. */
export type PoolTask =
  | {
      readonly kind: 'render';
      readonly id: number;
      readonly version: VersionText;
      readonly prompt: PromptOfAnswer;
      readonly body: OwnBytes;
    }
  /** Loads the version, to see whether it can be loaded. */
  | { readonly kind: 'load'; readonly id: number; readonly version: VersionText };

/** Told by a thread of the pool when it begins to render, or to load, what it was asked to: time runs from here. */
export interface Began {
  readonly began: number;
}

export type PoolAnswer =
  | { readonly kind: 'rendered'; readonly json: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'loaded' }
  /** The document is none that can be loaded. */
  | { readonly kind: 'unreadable'; readonly reason: string }
  /** Something went wrong that should not. */
  | { readonly kind: 'failed'; readonly stack: string };

/** What a thread of the pool is started with. */
export interface PoolThreadSettings {
  /** Bound of the loaded templates that it keeps, in bytes. */
  readonly templateBytes: number;
}
