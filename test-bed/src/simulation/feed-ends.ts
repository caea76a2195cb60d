import {
  type FeedDocument,
  type FeedHead,
  type FeedMessage,
  type FeedReader,
  type FeedReading,
  type FeedSubscriber,
  type FeedSubscription,
  FeedUnavailableError,
  type FeedWriter,
  keyAhead,
} from '@px0/contract';
import type { Ear, FeedStore } from './feed-store.js';
import type { Link, Network, Process } from './network.js';
import type { World } from './world.js';

const READER_PATIENCE = 2_000;
const WRITER_PATIENCE = 5_000;
/** Documents in one answer. */
const PAGE_SIZE = 3;
/** The longest that a message is held up. */
const MESSAGE_DELAY = 1_500;

const unavailable = (words: string) => new FeedUnavailableError(words);

/** One process's way to the store. */
export interface StoreAccess {
  readonly world: World;
  readonly network: Network;
  readonly store: FeedStore;
  readonly process: Process;
  readonly link: Link;
}

/** The writing half, in the steps in which it is done in Redis. */
export class SimulatedWriter implements FeedWriter {
  readonly #access: StoreAccess;
  readonly #onWrite: () => void;

  /** @param onWrite told in the moment of each write */
  constructor(access: StoreAccess, onWrite: () => void) {
    this.#access = access;
    this.#onWrite = onWrite;
  }

  head(): Promise<FeedHead | undefined> {
    return this.#call('head', () => this.#access.store.head);
  }

  append(expected: FeedHead, documents: readonly FeedDocument[]): Promise<FeedHead | 'diverged'> {
    return this.#call('append', () => {
      const head = this.#access.store.append(expected, documents);
      if (head !== 'diverged') this.#onWrite();
      return head;
    });
  }

  ring(expected: FeedHead): Promise<boolean> {
    return this.#call('ring', () => this.#access.store.ring(expected));
  }

  async rebuild(
    head: FeedHead,
    documents: AsyncIterable<readonly { readonly key: string; readonly body: string }[]>,
  ): Promise<FeedHead | 'diverged'> {
    const { store } = this.#access;
    const old = await this.head();
    if (old !== undefined && old.revision >= head.revision) return 'diverged';
    let count = 0;
    for await (const page of documents) {
      count += page.length;
      await this.#call('prepare', () => store.prepare(head, page));
    }
    const flipped = await this.#call('flip', () => {
      const done = store.flip(old, head, count);
      if (done) this.#onWrite();
      return done;
    });
    return flipped ? head : 'diverged';
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }

  #call<T>(what: string, work: () => T): Promise<T> {
    const { network, process, link } = this.#access;
    return network.call({
      process,
      link,
      what: `${what} (store)`,
      work,
      patience: WRITER_PATIENCE,
      failure: unavailable,
    });
  }
}

/** One subscription: what the nemesis does to messages is done here. */
export class Line implements Ear {
  readonly #access: StoreAccess;
  readonly #subscriber: FeedSubscriber;
  #open = true;
  #published = 0;
  #newestHeard = 0;

  constructor(access: StoreAccess, subscriber: FeedSubscriber) {
    this.#access = access;
    this.#subscriber = subscriber;
  }

  get process(): Process {
    return this.#access.process;
  }

  hear(message: FeedMessage): void {
    const { world } = this.#access;
    this.#published += 1;
    const order = this.#published;
    if (!world.random.chance(world.weather.bellTrouble)) {
      this.#arrive(message, order, world.delay());
      return;
    }
    const trouble = world.random.pick(['dropped', 'doubled', 'delayed'] as const);
    world.tally.deeds[`message ${trouble}`] += 1;
    if (trouble === 'dropped') return;
    this.#arrive(message, order, world.random.between(0, MESSAGE_DELAY));
    if (trouble === 'doubled') this.#arrive(message, order, world.random.between(0, MESSAGE_DELAY));
  }

  /** The store knows of it no more, and the subscriber is not told. @returns false if that was so before */
  fallSilent(): boolean {
    return this.#access.store.ears.delete(this);
  }

  /** Ends; the subscriber hears of it, unless it was that who ended it. @returns false if it had ended before */
  close(reason?: string): boolean {
    this.fallSilent();
    if (!this.#open) return false;
    this.#open = false;
    if (reason !== undefined && this.process.isAlive) this.#subscriber.lost(unavailable(reason));
    return true;
  }

  #arrive(message: FeedMessage, order: number, delay: number): void {
    const { world, link, process } = this.#access;
    world.time.after(delay, () => {
      if (!this.#open || link.isCut || !process.isAlive) return;
      if (order < this.#newestHeard) world.tally.deeds['message overtaken'] += 1;
      this.#newestHeard = Math.max(order, this.#newestHeard);
      const kind = message.documents === undefined ? 'head' : 'documents';
      world.note(
        () => `${process.name}: hears ${kind} ${message.previous} → ${message.revision} of ${message.epoch}`,
      );
      this.#subscriber.message(message);
    });
  }
}

/** The reading half, in the steps in which it is done in Redis. */
export class SimulatedReader implements FeedReader {
  readonly #access: StoreAccess;
  readonly lines = new Set<Line>();

  constructor(access: StoreAccess) {
    this.#access = access;
  }

  async subscribe(subscriber: FeedSubscriber): Promise<FeedSubscription> {
    const line = new Line(this.#access, subscriber);
    const unsubscribe = () => {
      this.lines.delete(line);
      line.close();
    };
    try {
      await this.#call('subscribe', () => this.#access.store.ears.add(line));
    } catch (error) {
      line.close();
      throw error;
    }
    this.lines.add(line);
    return { unsubscribe: async () => unsubscribe() };
  }

  head(): Promise<FeedHead | undefined> {
    return this.#call('head', () => this.#access.store.head);
  }

  async readSince(from: FeedHead): Promise<FeedReading | undefined> {
    const { store } = this.#access;
    const { head, log } = await this.#call('log', () => ({
      head: store.head,
      log: store.logAfter(from.epoch, from.revision),
    }));
    if (head === undefined || head.epoch !== from.epoch || head.revision < from.revision) return undefined;
    if (head.revision === from.revision) return { head, documents: [] };
    const first = log[0];
    if (first === undefined || first.previous > from.revision) return undefined;
    const changed = new Map(log.map(({ key, revision }) => [key, revision]));
    const keys = [...changed.keys()];
    const documents: FeedDocument[] = [];
    for (let start = 0; start < keys.length; start += PAGE_SIZE) {
      const page = keys.slice(start, start + PAGE_SIZE);
      const now = await this.#call('documents', () => ({
        head: store.head,
        documents: page.map((key) => {
          const stored = store.documentsOf(from.epoch).get(key);
          return { key, revision: changed.get(key) ?? head.revision, body: null, ...stored };
        }),
      }));
      if (now.head?.epoch !== from.epoch || now.head.revision < head.revision) return undefined;
      documents.push(...now.documents);
    }
    return { head, documents: documents.sort((a, b) => a.revision - b.revision) };
  }

  async *readAll(epoch: string): AsyncGenerator<readonly FeedDocument[]> {
    const { store } = this.#access;
    let after = '';
    for (;;) {
      const from = after;
      const page = await this.#call('page', () =>
        [...store.documentsOf(epoch)]
          .filter(([key]) => key > from)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .slice(0, PAGE_SIZE)
          .map(([key, stored]) => ({ key, ...stored })),
      );
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last.key;
    }
  }

  lookUp(keys: readonly string[], ahead = 0): Promise<FeedReading | undefined> {
    const { store } = this.#access;
    return this.#call('look-up', () => {
      const { head } = store;
      if (head === undefined) return undefined;
      const find = (key: string | undefined): FeedDocument | undefined => {
        const stored = key === undefined ? undefined : store.documentsOf(head.epoch).get(key);
        return key === undefined || stored === undefined ? undefined : { key, ...stored };
      };
      const documents = keys.flatMap((key) => find(key) ?? []);
      const leading = documents.filter((document) => keyAhead(document) !== undefined).slice(0, ahead);
      for (const first of leading) {
        for (let next = find(keyAhead(first)); next !== undefined; next = find(keyAhead(next)))
          documents.push(next);
      }
      return { head, documents };
    });
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }

  #call<T>(what: string, work: () => T): Promise<T> {
    const { network, process, link } = this.#access;
    return network.call({
      process,
      link,
      what: `${what} (store)`,
      work,
      patience: READER_PATIENCE,
      failure: unavailable,
    });
  }
}
