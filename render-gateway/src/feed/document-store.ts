import type { FeedDocument } from '@px0/contract';
import { LRUCache } from 'lru-cache';

/** What an entry takes beside its texts, about. */
const ENTRY_BYTES = 200;
const ABSENCES = 50_000;

interface Held {
  readonly revision: number;
  readonly body: string;
  /** The sweep in which this document was last seen. */
  sweep: number;
}

interface Absence {
  readonly revision: number;
  /** The stretch of unbroken following in which it was seen. */
  readonly stretch: number;
}

export interface DocumentStoreOptions {
  /** Bound of the documents held, in bytes as memory counts them, about. */
  readonly maxBytes: number;
  /** Told of a document that was let go to make room. */
  readonly onEvict: (key: string) => void;
}

/**
 * Documents by key, in their newest state seen. The least recently used ones make room. Absences are
 * held apart, so that no flood of unknown keys pushes out what exists, and vouched for only as long as
 * every change is heard of.
 */
export class DocumentStore {
  readonly #held: LRUCache<string, Held>;
  /** Bounded by size, of one each: `max` would take room for all of them at once. */
  readonly #absent = new LRUCache<string, Absence>({ maxSize: ABSENCES, sizeCalculation: () => 1 });
  readonly #maxBytes: number;
  #sweep = 0;
  /** Odd while absences are vouched for. */
  #stretch = 0;

  constructor({ maxBytes, onEvict }: DocumentStoreOptions) {
    this.#maxBytes = maxBytes;
    this.#held = new LRUCache({
      maxSize: maxBytes,
      dispose: (_held, key, reason) => {
        if (reason === 'evict') onEvict(key);
      },
    });
  }

  get count(): number {
    return this.#held.size;
  }

  get bytes(): number {
    return this.#held.calculatedSize;
  }

  /** @returns the document, or its absence if that still holds, else undefined */
  find(key: string): FeedDocument | undefined {
    const held = this.#held.get(key);
    if (held !== undefined) return { key, revision: held.revision, body: held.body };
    const absence = this.#absent.get(key);
    if (absence === undefined || absence.stretch !== this.#stretch || this.#stretch % 2 === 0)
      return undefined;
    return { key, revision: absence.revision, body: null };
  }

  /** From now on every change is heard of (or no longer): absences may be believed (or no longer). */
  vouchForAbsences(vouch: boolean): void {
    if (vouch !== (this.#stretch % 2 === 1)) this.#stretch++;
  }

  /**
   * Takes a document in, if it is newer than what is known of it.
   * @returns whether its state is another now than it was
   */
  apply(document: FeedDocument): boolean {
    return this.#take(document, true);
  }

  /** Begins to look for documents that are no more: those that {@link confirm} or {@link apply} do not name. */
  startSweep(): void {
    this.#sweep++;
  }

  /** Like {@link apply}, but pushes out no other document: what was used stays before what merely exists. */
  confirm(document: FeedDocument): boolean {
    return this.#take(document, false);
  }

  /**
   * Drops what the sweep has not seen.
   * @param revision that of the feed when these were gone
   * @returns their tombstones
   */
  finishSweep(revision: number): FeedDocument[] {
    const gone: FeedDocument[] = [];
    for (const [key, held] of this.#held.entries()) {
      if (held.sweep !== this.#sweep) gone.push({ key, revision, body: null });
    }
    for (const tombstone of gone) this.apply(tombstone);
    return gone;
  }

  #take({ key, revision, body }: FeedDocument, mayEvict: boolean): boolean {
    const held = this.#held.peek(key);
    const known = held?.revision ?? this.#absent.peek(key)?.revision ?? -1;
    // An absence seen again at the same revision is not news, but may be vouched for anew.
    const isOld = held === undefined && body === null ? revision < known : revision <= known;
    if (isOld) {
      if (held !== undefined) held.sweep = this.#sweep;
      return false;
    }
    if (body === null) {
      this.#held.delete(key);
      this.#absent.set(key, { revision, stretch: this.#stretch });
      return held !== undefined;
    }
    const size = ENTRY_BYTES + bytesOf(key) + bytesOf(body);
    if (held === undefined && !mayEvict && this.#held.calculatedSize + size > this.#maxBytes) return false;
    this.#absent.delete(key);
    this.#held.set(key, { revision, body, sweep: this.#sweep }, { size });
    return held?.body !== body;
  }
}

/** V8 keeps a text in one byte a character if it is plain, else in two. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
