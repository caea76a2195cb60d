import type { FeedDocument } from '@px0/contract';
import { LRUCache } from 'lru-cache';
import { bytesOfAbsence } from '../documents/absence.js';
import { LIMITS } from '../limits.js';
import type { DocumentScreen, Verdict } from '../screening/document-screen.js';

/** What an entry takes beside its texts, about. */
const ENTRY_BYTES = 200;

interface Held {
  /** Of the newest state that was taken in. */
  readonly revision: number;
  /** From which revision on that state was this one; a new epoch brings the same under a later one. */
  readonly since: number;
  readonly body: string;
  /** The state before, while nobody has read this one: it may turn out to be of no use. */
  readonly before: string | undefined;
  /** Whether the state of that revision is refused, and `body` the one before. */
  readonly isPutBack: boolean;
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
  'judge' | 'glance' | 'refuse' | 'refusedRevisionOf' | 'accepted' | 'startSweep' | 'saw' | 'finishSweep'
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
  readonly #absent = new LRUCache<string, Absence>({
    maxSize: LIMITS.primaryAbsentBytes,
    sizeCalculation: (_absence, key) => bytesOfAbsence(key),
  });
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
   * meanwhile is met in some state that it had, or not at all. One that nobody has read comes after the one
   * before it, and one that was put back under an earlier revision than the one refused: whoever takes
   * them in, and then what the feed brings, has the newest that it can use.
   *
   * @param position from where the feed is going to be read. What was put back is left out where that would
   *   not bring the state that is refused here
   */
  *documents(position: number): Generator<FeedDocument> {
    for (const key of this.#keys) {
      const held = this.#held.peek(key);
      if (held === undefined) continue;
      const { revision, body, before, isPutBack } = held;
      if (isPutBack) {
        const refused = Math.max(revision, this.#screen?.refusedRevisionOf(key) ?? 0);
        if (refused > position) yield { key, revision: revision - 1, body };
        continue;
      }
      if (before !== undefined) yield { key, revision: revision - 1, body: before };
      yield { key, revision, body };
    }
  }

  /** Whether anything is known of a document, be it that it is absent, or was. */
  knows(key: string): boolean {
    return this.#held.has(key) || this.#absent.has(key);
  }

  /** @returns a document in the state that is held, without it counting as a use */
  peek(key: string): FeedDocument | undefined {
    const held = this.#held.peek(key);
    return held && { key, revision: held.revision, body: held.body };
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

  /**
   * Like {@link apply}, but leaves judging to whoever uses the document, unless the one before was refused, or
   * nobody has read that one either.
   */
  learn(document: FeedDocument): boolean {
    return this.#take(document, true, (one) => this.#glance(one));
  }

  /** Whether this very state was refused: the one before it goes on, if there is one. */
  refuses({ key, revision }: FeedDocument): boolean {
    return this.#screen?.refusedRevisionOf(key) === revision;
  }

  /**
   * A state that was taken in turned out to be of no use: it is refused, and the one before takes its
   * place again, if it is held. Word of a state that another has followed comes too late, and means nothing.
   * @returns the one before, under the revision of the one refused
   */
  refuse(key: string, revision: number, reason: string): FeedDocument | undefined {
    const held = this.#held.peek(key);
    if (revision < (held?.since ?? this.#absent.peek(key)?.revision ?? 0)) return undefined;
    const refused = Math.max(revision, held?.revision ?? 0);
    this.#screen?.refuse(key, refused, reason);
    if (held?.before === undefined || refused !== held.revision) return undefined;
    const body = held.before;
    const putBack = { ...held, body, before: undefined, isPutBack: true };
    this.#held.set(key, putBack, { size: sizeOf(key, body) });
    return { key, revision: refused, body };
  }

  /** Begins to look for documents that are no more: those that {@link confirm} or {@link apply} do not name. */
  startSweep(): void {
    this.#sweep++;
    this.#screen?.startSweep();
  }

  /** Like {@link learn}, but pushes out no other document: what was used stays before what merely exists. */
  confirm(document: FeedDocument): boolean {
    return this.#take(document, false, (one) => this.#glance(one));
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

  #glance(document: FeedDocument): Verdict {
    if (this.#screen === undefined) return 'good';
    const isBeforeUnread = this.#held.peek(document.key)?.before !== undefined;
    return isBeforeUnread ? this.#screen.judge(document) : this.#screen.glance(document);
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
      // What is refused may have been so by somebody who had not heard of this state yet.
      if (known >= 0) this.#screen?.accepted({ key, revision: known });
      return false;
    }
    const isSame = body !== null && body === held?.body;
    const verdict = body === null || isSame ? 'good' : judge(document);
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
    // Read by nobody, the same state is not better known under another revision.
    const before = isSame ? held.before : verdict === 'unread' ? held?.body : undefined;
    const since = isSame && !held.isPutBack ? held.since : revision;
    const sizeBefore = before === undefined ? 0 : bytesOf(before);
    const room = mayEvict ? this.#maxBytes : this.#maxBytes - this.#held.calculatedSize;
    const hasRoom = size + sizeBefore <= room;
    const wanted = { revision, since, body, isPutBack: false, sweep: this.#sweep };
    if (hasRoom) this.#hold(key, { ...wanted, before }, size + sizeBefore);
    else this.#hold(key, { ...wanted, before: undefined }, size);
    return !isSame;
  }

  #hold(key: string, held: Held, size: number): void {
    this.#held.set(key, held, { size });
    if (this.#held.has(key)) {
      this.#keys.add(key);
      return;
    }
    // Larger than all the room that there is.
    this.#keys.delete(key);
    this.#onEvict(key);
  }
}

function sizeOf(key: string, body: string): number {
  return ENTRY_BYTES + bytesOf(key) + bytesOf(body);
}

/** V8 keeps a text in one byte a character if it is plain, else in two. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
