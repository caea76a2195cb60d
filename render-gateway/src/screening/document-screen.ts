import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeDocument, type FeedDocument } from '@px0/contract';
import { reasonOf } from '../documents/reason.js';
import { LIMITS } from '../limits.js';
import { loadVersion } from '../render/loaded-version.js';
import { isSoonLoaded } from '../render/long-documents.js';
import type { LateJudgements } from './late-judgements.js';
import type { Refusals } from './refusals.js';

/** Unread: nobody has looked, and it will be judged later, by the pool or by its first use. */
export type Verdict = 'good' | 'refused' | 'unread';

/** How long something takes here, and how to let other work of the thread be done. */
export interface Turns {
  /** Milliseconds, with fractions. */
  now(): number;
  next(): Promise<void>;
}

const THREAD_TURNS: Turns = { now: () => performance.now(), next: () => nextTurn() };

/**
 * Judges documents before they take the place of the state before. It reads them as a worker thread
 * would, which `npm run bench -- costs` measures. Versions that take long to load are judged elsewhere, a moment after they were taken in.
 */
export class DocumentScreen {
  readonly #refusals: Refusals;
  readonly #late: Pick<LateJudgements, 'add'>;
  readonly #turns: Turns;
  /** Found to be good a moment ago, and about to be applied. */
  readonly #good = new WeakSet<FeedDocument>();

  /** Of those refused before the reading of everything that is under way, the ones that it has not named. */
  #unseen = new Set<string>();

  constructor(refusals: Refusals, late: Pick<LateJudgements, 'add'>, turns = THREAD_TURNS) {
    this.#refusals = refusals;
    this.#late = late;
    this.#turns = turns;
  }

  /** Judges many, with pauses for everything else on the thread; {@link judge} need not read them again. */
  async judgeAll(documents: readonly FeedDocument[]): Promise<void> {
    const turns = this.#turns;
    let pauseAt = turns.now() + LIMITS.screeningSlice;
    for (const document of documents) {
      // A long one is judged as it is applied: its verdict must not come before it.
      if (!isLong(document) && this.judge(document) === 'good') this.#good.add(document);
      if (turns.now() < pauseAt) continue;
      await turns.next();
      pauseAt = turns.now() + LIMITS.screeningSlice;
    }
  }

  /** A state that is refused is remembered, and logged once. */
  judge(document: FeedDocument): Verdict {
    const { key, revision, body } = document;
    if (this.refusedRevisionOf(key) === revision) return 'refused';
    if (body === null || this.#good.has(document)) return 'good';
    if (isLong(document)) {
      this.#late.add(document);
      return 'unread';
    }
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
    if (this.refusedRevisionOf(document.key) === undefined) return 'unread';
    return this.judge(document);
  }

  /** @returns the revision of the state that is refused, undefined for a document of which none is */
  refusedRevisionOf(key: string): number | undefined {
    return this.#refusals.revisionOf(key);
  }

  /** Somebody who needed this state has found that it is of no use. */
  refuse(key: string, revision: number, reason: string): void {
    this.#refusals.add(key, revision, reason);
  }

  /** A reading of everything begins. */
  startSweep(): void {
    this.#unseen = new Set(this.#refusals.keys());
    this.#refusals.startSweep();
  }

  /** The document exists, in whatever state. */
  saw(key: string): void {
    this.#unseen.delete(key);
  }

  /** What was not seen since the sweep began is gone. */
  finishSweep(revision: number): void {
    for (const key of this.#unseen) this.#refusals.end(key, revision);
    this.#unseen.clear();
    this.#refusals.finishSweep();
  }

  /** This state is in use from now on. */
  accepted({ key, revision }: Pick<FeedDocument, 'key' | 'revision'>): void {
    this.#refusals.end(key, revision);
  }
}

function isLong({ key, body }: FeedDocument): boolean {
  return body !== null && key.startsWith('version:') && !isSoonLoaded(body);
}
