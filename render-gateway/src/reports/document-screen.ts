import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeDocument, type FeedDocument, InvalidDocumentError } from '@px0/contract';
import { LIMITS } from '../limits.js';
import { loadVersion } from '../render/loaded-version.js';
import type { Refusals } from './refusals.js';

/** Unread: whoever uses the document first will find out. */
export type Verdict = 'good' | 'refused' | 'unread';

/**
 * Judges documents before they take the place of the state before. It reads them as a worker thread
 * would: that takes 0.02 ms for a key or a prompt, 0.1 ms for a usual version, and 5 ms for one of
 * {@link LIMITS.screenedLength}. Longer ones (the longest take 0.5 s) are judged by their first use.
 */
export class DocumentScreen {
  readonly #refusals: Refusals;
  /** Found to be good a moment ago, and about to be applied. */
  readonly #good = new WeakSet<FeedDocument>();

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  /** Judges many, with pauses for everything else on the thread; {@link judge} need not read them again. */
  async judgeAll(documents: readonly FeedDocument[]): Promise<void> {
    let pauseAt = performance.now() + LIMITS.screeningSlice;
    for (const document of documents) {
      if (this.judge(document) === 'good') this.#good.add(document);
      if (performance.now() < pauseAt) continue;
      await nextTurn();
      pauseAt = performance.now() + LIMITS.screeningSlice;
    }
  }

  /** A state that is refused is remembered, and logged once. */
  judge(document: FeedDocument): Verdict {
    const { key, revision, body } = document;
    if (this.isRefused(document)) return 'refused';
    if (body === null || this.#good.has(document)) return 'good';
    if (body.length > LIMITS.screenedLength) return 'unread';
    try {
      if (key.startsWith('version:')) loadVersion(key, body);
      else decodeDocument(key, body);
      return 'good';
    } catch (error) {
      this.#refusals.add(key, revision, reasonOf(error));
      return 'refused';
    }
  }

  /** Reads a document only if the state before it was refused. */
  glance(document: FeedDocument): Verdict {
    if (this.#refusals.revisionOf(document.key) === undefined) return 'unread';
    return this.judge(document);
  }

  /** Whether this very state has been refused. */
  isRefused({ key, revision }: FeedDocument): boolean {
    return this.#refusals.revisionOf(key) === revision;
  }

  /** This state is in use from now on. */
  accepted({ key, revision }: FeedDocument): void {
    this.#refusals.end(key, revision);
  }
}

/** @returns what is wrong with a document, for those who may see the document */
export function reasonOf(error: unknown): string {
  if (error instanceof InvalidDocumentError) return error.problem;
  return error instanceof Error ? error.message : String(error);
}
