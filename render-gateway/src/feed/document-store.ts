import type { FeedDocument } from '@px0/contract';
import { LRUCache } from 'lru-cache';
import type { DocumentScreen, Verdict } from '../reports/document-screen.js';

/** What an entry takes beside its texts, about. */
const ENTRY_BYTES = 200;
const ABSENCES = 50_000;

interface Held {
  readonly revision: number;
  readonly body: string;
  /** The state before, while nobody has read this one: it may turn out to be of no use. */
  readonly before: string | undefined;
  /** The sweep in which this document was last seen. */
  sweep: number;
}

interface Absence {
  readonly revision: number;
  /** The stretch of unbroken following in which it was seen. */
  readonly stretch: number;
}

type Screen = Pick<
  DocumentScreen,
  'judge' | 'glance' | 'isRefused' | 'accepted' | 'startSweep' | 'saw' | 'finishSweep'
>;

export interface DocumentStoreOptions {
  /** Bound of the documents held, in bytes as memory counts them, about. */
  readonly maxBytes: number;
  /** Told of a document that was let go to make room, or not taken in for want of it. */
  readonly onEvict: (key: string) => void;
  /** Judges what comes; without it all is good. */
  readonly screen?: Screen | undefined;
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
  /** Keys of what is held, to walk over by and by: the cache's own order moves under who walks it. */
  readonly #keys = new Set<string>();
  readonly #maxBytes: number;
  readonly #onEvict: (key: string) => void;
  readonly #screen: DocumentStoreOptions['screen'];
  #sweep = 0;
  /** Odd while absences are vouched for. */
  #stretch = 0;

  constructor({ maxBytes, onEvict, screen }: DocumentStoreOptions) {
    this.#maxBytes = maxBytes;
    this.#onEvict = onEvict;
    this.#screen = screen;
    this.#held = new LRUCache({
      maxSize: maxBytes,
      dispose: (_held, key, reason) => {
        if (reason !== 'evict') return;
        this.#keys.delete(key);
        onEvict(key);
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

  /**
   * Walks over all documents, in no order, and may rest between any two: what comes, changes or goes
   * meanwhile is met in some state that it had, or not at all.
   */
  *documents(): Generator<FeedDocument> {
    for (const key of this.#keys) {
      const held = this.#held.peek(key);
      if (held !== undefined) yield { key, revision: held.revision, body: held.body };
    }
  }

  /** Lets go of everything, and tells so of each document. */
  clear(): void {
    const keys = [...this.#keys];
    this.#keys.clear();
    this.#held.clear();
    this.#absent.clear();
    for (const key of keys) this.#onEvict(key);
  }

  /** From now on every change is heard of (or no longer): absences may be believed (or no longer). */
  vouchForAbsences(vouch: boolean): void {
    if (vouch !== (this.#stretch % 2 === 1)) this.#stretch++;
  }

  /**
   * Takes a document in, if it is newer than what is known of it, and not refused.
   * @returns whether its state is another now than it was
   */
  apply(document: FeedDocument): boolean {
    return this.#take(document, true, (one) => this.#screen?.judge(one) ?? 'good');
  }

  /** Like {@link apply}, but leaves judging to whoever uses the document, unless the one before was refused. */
  learn(document: FeedDocument): boolean {
    return this.#take(document, true, (one) => this.#screen?.glance(one) ?? 'good');
  }

  /** Whether this very state was refused: the one before it goes on, if there is one. */
  refuses(document: FeedDocument): boolean {
    return this.#screen?.isRefused(document) ?? false;
  }

  /**
   * A state that nobody had read yet turned out to be of no use: the one before takes its place again.
   * @returns that one, under the revision of the one refused; undefined if it is not held
   */
  putBack(key: string, revision: number): FeedDocument | undefined {
    const held = this.#held.peek(key);
    if (held === undefined || held.revision !== revision || held.before === undefined) return undefined;
    const body = held.before;
    this.#held.set(key, { ...held, body, before: undefined }, { size: sizeOf(key, body) });
    return { key, revision, body };
  }

  /** Begins to look for documents that are no more: those that {@link confirm} or {@link apply} do not name. */
  startSweep(): void {
    this.#sweep++;
    this.#screen?.startSweep();
  }

  /** Like {@link learn}, but pushes out no other document: what was used stays before what merely exists. */
  confirm(document: FeedDocument): boolean {
    return this.#take(document, false, (one) => this.#screen?.glance(one) ?? 'good');
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
    this.#screen?.finishSweep(revision);
    return gone;
  }

  #take(document: FeedDocument, mayEvict: boolean, judge: (document: FeedDocument) => Verdict): boolean {
    const { key, revision, body } = document;
    this.#screen?.saw(key);
    const held = this.#held.peek(key);
    const known = held?.revision ?? this.#absent.peek(key)?.revision ?? -1;
    // An absence seen again at the same revision is not news, but may be vouched for anew.
    const isOld = held === undefined && body === null ? revision < known : revision <= known;
    if (isOld) {
      if (held !== undefined) held.sweep = this.#sweep;
      return false;
    }
    const verdict = body === null || body === held?.body ? 'good' : judge(document);
    if (verdict === 'refused') {
      // It exists, if only in a state that is of no use here.
      if (held !== undefined) held.sweep = this.#sweep;
      this.#absent.delete(key);
      return false;
    }
    this.#screen?.accepted(document);
    if (body === null) {
      this.#held.delete(key);
      this.#keys.delete(key);
      this.#absent.set(key, { revision, stretch: this.#stretch });
      return held !== undefined;
    }
    const size = sizeOf(key, body);
    if (held === undefined && !mayEvict && this.#held.calculatedSize + size > this.#maxBytes) {
      // Somebody may know it as absent, and must ask again.
      this.#onEvict(key);
      return false;
    }
    this.#absent.delete(key);
    const before = verdict === 'unread' ? held?.body : undefined;
    const sizeBefore = before === undefined ? 0 : bytesOf(before);
    this.#held.set(key, { revision, body, before, sweep: this.#sweep }, { size: size + sizeBefore });
    this.#keys.add(key);
    return held?.body !== body;
  }
}

function sizeOf(key: string, body: string): number {
  return ENTRY_BYTES + bytesOf(key) + bytesOf(body);
}

/** V8 keeps a text in one byte a character if it is plain, else in two. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
