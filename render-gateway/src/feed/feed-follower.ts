import {
  Backoff,
  type Clock,
  type FeedDocument,
  type FeedHead,
  type FeedMessage,
  type FeedReader,
  type FeedSubscription,
  SILENCE_LIMIT,
  steadyClock,
} from '@px0/contract';
import type { Logger } from 'pino';
import type { DocumentScreen } from '../screening/document-screen.js';
import { DocumentStore } from './document-store.js';
import { type ReadingSink, readFeed } from './feed-reading.js';
import {
  classify,
  FOLLOWER_TABLE,
  type FollowerAction,
  type FollowerEvent,
  type FollowerState,
  isPast,
  relationTo,
} from './follower-states.js';
import { type Lookup, Lookups } from './lookups.js';

const FIRST_RETRY = 50;
const LONGEST_RETRY = 1_000;
/** For how long a publisher must ring at a head behind a snapshot's position until the snapshot is not believed. */
const FOREIGN_LIMIT = 10_000;
/** Messages kept while reading. What is dropped beyond is a gap, and leads to another reading. */
const BUFFER_LENGTH = 1_000;

export interface FollowerStatus {
  readonly state: FollowerState;
  /** Up to where everything was applied; undefined before the first reading was complete. */
  readonly position: FeedHead | undefined;
  /** When this gateway last knew that it was up to date, by its clock. Undefined before it ever was. */
  readonly currentAt: number | undefined;
  readonly documents: number;
  readonly bytes: number;
}

/** What an earlier gateway knew of this feed. */
export interface RestoredFeed {
  /** Up to where everything was applied. */
  readonly position: FeedHead;
  /** When that gateway last knew that it was up to date, in milliseconds of Unix time. */
  readonly currentAt: number;
  readonly documents: Iterable<FeedDocument>;
}

export interface FeedFollowerOptions {
  readonly reader: FeedReader;
  /** Bound of the documents held, in bytes. Least recently used ones go first. */
  readonly maxBytes: number;
  /** Of Unix time. */
  readonly clock: Clock;
  /** Milliseconds since some moment, by what is never put back or forward: for how long something lasts. */
  readonly steadyTime?: () => number;
  readonly log: Logger;
  /** From 0 up to 1, as Math.random gives. For the jitter of retries. */
  readonly random?: () => number;
  /**
   * Told of every document whose state changed here (a tombstone if it is gone), after it was applied,
   * in the feed's order. Must not throw.
   */
  readonly onChange: (documents: readonly FeedDocument[]) => void;
  /**
   * A document was let go to make room, or not taken in for want of it: should it vanish while the feed is out of reach, nobody will
   * be told. Whoever keeps something made of it lets go as well. Must not throw.
   */
  readonly onEvict: (key: string) => void;
  /** Told whenever the state became another one. Must not throw. */
  readonly onState?: (status: FollowerStatus) => void;
  /** Where to begin, instead of nowhere. */
  readonly restored?: RestoredFeed | undefined;
  /** Told of every event before anything follows from it. Must not throw. */
  readonly onEvent?: (event: FollowerEvent, state: FollowerState) => void;
  /** Judges what bell and log bring. Without it all is taken in. */
  readonly screen?: DocumentScreen;
  /** Told when everything up to a newer position was applied, and told to `onChange`. Must not throw. */
  readonly onMove?: (position: FeedHead) => void;
}

/**
 * Follows the feed and answers what it holds. FEED.md tells the protocol; the decisions are the table
 * in follower-states.ts, and this class does what the table says.
 */
export class FeedFollower {
  readonly #options: FeedFollowerOptions;
  readonly #store: DocumentStore;
  readonly #lookups: Lookups;
  readonly #backoff: Backoff;
  readonly #actions: Record<FollowerAction, (message: FeedMessage | undefined) => void> = {
    subscribe: () => this.#track(this.#subscribe()),
    read: () => this.#track(this.#read()),
    buffer: (message) => this.#buffer(message),
    apply: (message) => this.#apply(message),
    hear: () => this.#hear(),
    replay: () => this.#replay(),
    close: () => this.#close(),
    'back off': () => this.#schedule('retry', this.#backoff.next()),
    forget: () => this.#forget(),
  };
  #state: FollowerState = 'stopped';
  #position: FeedHead | undefined;
  #currentAt: number | undefined;
  /** Whether the position was read from a snapshot, and the feed has not yet been followed from there. */
  #unproven = false;
  /** The head behind our position that the last reading found, if it found one. */
  #rejected: FeedHead | undefined;
  /** Since when, in steady time, nothing has been heard but messages of the feed that this is the head of. */
  #rejectedSince: number | undefined;
  #subscription: FeedSubscription | undefined;
  /** Counts subscriptions: what an earlier one still has to say is not heard. */
  #attempt = 0;
  #buffered: FeedMessage[] = [];
  #readingFrom: FeedHead | undefined;
  #timer: unknown;
  #trouble: string | undefined;
  #silent = false;
  readonly #underway = new Set<Promise<void>>();

  constructor(options: FeedFollowerOptions) {
    this.#options = options;
    this.#store = new DocumentStore({
      maxBytes: options.maxBytes,
      onEvict: options.onEvict,
      screen: options.screen,
    });
    this.#lookups = new Lookups({
      reader: options.reader,
      store: this.#store,
      position: () => this.#position,
      reading: () => this.#readingFrom,
      onFailure: (error) => options.log.debug({ err: error }, 'a look-up in the feed failed'),
    });
    this.#backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, options.random ?? Math.random);
    if (options.restored !== undefined) this.#restore(options.restored);
  }

  /** Begins to follow; returns at once, whether or not the feed can be reached. */
  start(): void {
    this.#dispatch('start');
  }

  /** Ends the subscription. What is held is kept and goes on being answered. The reader is the caller's to close. */
  async stop(): Promise<void> {
    this.#dispatch('stop');
    await Promise.all(this.#underway);
  }

  /** One document, from memory or else from the feed, asked for once whoever asks. Never rejects. */
  async find(key: string): Promise<Lookup> {
    const document = this.#store.find(key);
    if (document !== undefined) return { known: true, document };
    if (this.#state === 'stopped') return { known: false };
    return this.#lookups.find(key);
  }

  /** A state turned out to be of no use after it was taken in: see {@link DocumentStore.refuse}. */
  refuse(key: string, revision: number, reason: string): void {
    const before = this.#store.refuse(key, revision, reason);
    if (before !== undefined) this.#options.onChange([before]);
  }

  /** All that is held, for whoever is going to read on from a position; see {@link DocumentStore.documents}. */
  documents(position: FeedHead): Iterable<FeedDocument> {
    return this.#store.documents(position.revision);
  }

  /** One document if it is held, without it counting as a use. */
  peek(key: string): FeedDocument | undefined {
    return this.#store.peek(key);
  }

  status(): FollowerStatus {
    return {
      state: this.#state,
      position: this.#position,
      currentAt: this.#currentAt,
      documents: this.#store.count,
      bytes: this.#store.bytes,
    };
  }

  #restore({ position, currentAt, documents }: RestoredFeed): void {
    for (const document of documents) this.#store.confirm(document);
    this.#position = position;
    this.#currentAt = currentAt;
    this.#unproven = true;
  }

  #dispatch(event: FollowerEvent, message?: FeedMessage): void {
    this.#options.onEvent?.(event, this.#state);
    const { next, actions } = FOLLOWER_TABLE[this.#state][event];
    const before = this.#state;
    this.#state = next;
    this.#store.vouchForAbsences(next === 'following');
    if (next === 'following') this.#unproven = false;
    if (next !== before) this.#options.onState?.(this.status());
    for (const action of actions) this.#actions[action](message);
  }

  async #subscribe(): Promise<void> {
    const attempt = ++this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    try {
      const subscription = await this.#options.reader.subscribe({
        message: (message) => {
          if (!isCurrent()) return;
          this.#silent = false;
          this.#receive(message);
        },
        lost: (reason) => {
          if (isCurrent()) this.#fail('lost', reason);
        },
      });
      if (!isCurrent()) return await subscription.unsubscribe();
      this.#subscription = subscription;
      this.#dispatch('subscribed');
    } catch (error) {
      if (isCurrent()) this.#fail('failed', error);
    }
  }

  async #read(): Promise<void> {
    const attempt = this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    this.#unschedule();
    try {
      const head = await readFeed(this.#options.reader, this.#position, this.#sink, isCurrent);
      if (!isCurrent()) return;
      this.#readingFrom = undefined;
      this.#backoff.reset();
      if (head === undefined) {
        // At the very beginning the publisher may simply not have come so far.
        const level = this.#position === undefined ? 'info' : 'warn';
        this.#report('no feed stands, or an older copy of it; what is held is served meanwhile', level);
        this.#dispatch('nothing');
        return;
      }
      this.#moveTo(head);
      this.#recover();
      this.#dispatch('synced');
    } catch (error) {
      if (isCurrent()) this.#fail('failed', error);
    }
  }

  readonly #sink: ReadingSink = {
    arriving: (documents) => this.#options.screen?.judgeAll(documents),
    changed: (documents) => this.#take(documents),
    everythingFrom: (head) => {
      this.#readingFrom = head;
      this.#lookups.stoodAt(head);
      this.#store.startSweep();
    },
    page: (documents) => {
      const changed = documents.filter((document) => {
        this.#lookups.saw(document);
        return this.#store.confirm(document);
      });
      if (changed.length > 0) this.#options.onChange(changed);
    },
    everythingUpTo: (head) => {
      this.#lookups.overtake();
      const gone = this.#store.finishSweep(head.revision);
      if (gone.length > 0) this.#options.onChange(gone);
    },
    nothing: (head) => {
      if (head?.epoch !== this.#rejected?.epoch) this.#rejectedSince = undefined;
      this.#rejected = head;
    },
  };

  /** Documents in the feed's order. All but refused ones are told on: somebody may know an older state than the store. */
  #take(documents: readonly FeedDocument[]): void {
    if (documents.length === 0) return;
    const taken: FeedDocument[] = [];
    for (const document of documents) {
      this.#store.apply(document);
      if (this.#store.refuses(document)) continue;
      this.#lookups.saw(document);
      taken.push(document);
    }
    if (taken.length > 0) this.#options.onChange(taken);
  }

  #apply(message: FeedMessage | undefined): void {
    if (message?.documents === undefined) return;
    this.#take(message.documents);
    this.#moveTo(message);
  }

  #moveTo({ epoch, revision }: FeedHead): void {
    this.#position = { epoch, revision };
    this.#options.onMove?.(this.#position);
  }

  #buffer(message: FeedMessage | undefined): void {
    if (message === undefined) return;
    this.#buffered.push(message);
    if (this.#buffered.length > BUFFER_LENGTH) this.#buffered.shift();
  }

  #replay(): void {
    const messages = this.#buffered;
    this.#buffered = [];
    for (const message of messages) this.#receive(message);
  }

  #receive(message: FeedMessage): void {
    this.#dispatch(this.#isForeign(message) ? 'foreign' : classify(message, this.#position), message);
  }

  /**
   * Whether the position cannot be one of this feed's: a publisher rings only where the store has the head
   * that it wrote, so a store that was restored from an older copy stays silent until its next epoch. What
   * is heard while we read says nothing, for it may be newer or older than what we find.
   */
  #isForeign(message: FeedMessage): boolean {
    if (!this.#unproven || this.#state !== 'waiting') return false;
    const relation = isPast(message, this.#position) ? relationTo(this.#rejected, message) : 'other';
    if (relation === 'other') this.#rejectedSince = undefined;
    if (relation !== 'alive') return false;
    const now = (this.#options.steadyTime ?? steadyClock.now)();
    this.#rejectedSince ??= now;
    return now - this.#rejectedSince >= FOREIGN_LIMIT;
  }

  #forget(): void {
    this.#options.log.warn({ position: this.#position }, 'the snapshot is not of this feed; it is forgotten');
    this.#position = undefined;
    this.#currentAt = undefined;
    this.#unproven = false;
    this.#store.clear();
  }

  #hear(): void {
    if (this.#state === 'following') this.#currentAt = this.#options.clock.now();
    this.#schedule('silence', SILENCE_LIMIT);
  }

  #close(): void {
    this.#attempt++;
    this.#buffered = [];
    this.#readingFrom = undefined;
    this.#rejectedSince = undefined;
    this.#unschedule();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    if (subscription !== undefined) this.#track(subscription.unsubscribe());
  }

  #schedule(event: 'retry' | 'silence', delay: number): void {
    this.#unschedule();
    this.#timer = this.#options.clock.setTimeout(() => {
      if (event === 'silence' && !this.#silent) {
        this.#silent = true;
        this.#options.log.warn({ position: this.#position }, 'the publisher is silent; reading by and by');
      }
      this.#dispatch(event);
    }, delay);
  }

  #unschedule(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fail(event: 'lost' | 'failed', reason: unknown): void {
    this.#report(reason instanceof Error ? reason.message : String(reason));
    this.#dispatch(event);
  }

  /** Logs a trouble when it begins or changes, and not at every try. */
  #report(trouble: string, level: 'info' | 'warn' = 'warn'): void {
    if (trouble !== this.#trouble) {
      this.#options.log[level]({ trouble, position: this.#position }, 'cannot follow the feed for now');
    }
    this.#trouble = trouble;
  }

  #recover(): void {
    if (this.#trouble !== undefined || this.#currentAt === undefined) {
      this.#options.log.info({ position: this.#position }, 'following the feed');
    }
    this.#trouble = undefined;
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#options.log.warn({ err: error }, 'a subscription did not end well'))
      .finally(() => this.#underway.delete(tracked));
    this.#underway.add(tracked);
  }
}
