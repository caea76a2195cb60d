import type { FeedDocument } from '@px0/contract';
import { LRUCache } from 'lru-cache';
import { LIMITS } from '../limits.js';
import type { VersionText } from './pool-messages.js';
import { sharedBytes } from './shared-bytes.js';

/** Documents as the pool's threads take them, made once for all threads and renders. */
export class VersionTexts {
  readonly #texts = new LRUCache<string, VersionText>({
    maxSize: LIMITS.poolDocumentBytes,
    sizeCalculation: ({ bytes }) => 1 + bytes.byteLength,
  });

  of({ key, revision }: FeedDocument, body: string): VersionText {
    const held = this.#texts.get(key);
    if (held?.revision === revision) return held;
    const text = { key, revision, bytes: sharedBytes(body) };
    this.#texts.set(key, text);
    return text;
  }

  /** Its state is of no use: under the same revision there may be another. */
  forget(key: string): void {
    this.#texts.delete(key);
  }
}
