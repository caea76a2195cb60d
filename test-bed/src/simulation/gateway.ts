import type { FeedHead, GatewayReport } from '@px0/contract';
import type {
  FeedFollower,
  Found,
  FoundAnswers,
  Refusals,
  ReportDesk,
  RestoredFeed,
  StalenessWatch,
} from '@px0/render-gateway/parts';
import type { Logger } from 'pino';
import { CREDENTIALS, SLUGS } from './catalogue.js';
import { SimulatedReader } from './feed-ends.js';
import type { FeedStore } from './feed-store.js';
import { type Judge, newObserver, type Observer } from './judge.js';
import { type Link, type Network, Process } from './network.js';
import type { Parts } from './parts.js';
import { SimulatedThread, type ToPrimary, type ToThread } from './thread.js';
import type { World } from './world.js';

export interface GatewayOptions {
  readonly name: string;
  readonly threads: number;
  /** Bytes of documents that its primary holds. */
  readonly storeSize: number;
  readonly world: World;
  readonly network: Network;
  readonly store: FeedStore;
  readonly link: Link;
  readonly judge: Judge;
  readonly parts: Parts;
  readonly log: Logger;
  /** A call killed it. */
  readonly onCrash: () => void;
  readonly restored?: RestoredFeed | undefined;
}

/** Names the feed of another installation. */
const ANOTHER_EPOCH = 'of another installation';

/** What a gateway begins from that finds another installation's snapshot. @param revision beyond all of this one's */
export const snapshotOfAnother = (revision: number, currentAt: number): RestoredFeed => ({
  position: { epoch: ANOTHER_EPOCH, revision },
  currentAt,
  documents: [],
});

interface Place {
  thread: SimulatedThread;
  observer: Observer;
}

/** One life of a gateway: the wiring that startGateway does, without processes and sockets. */
export class SimulatedGateway {
  readonly process: Process;
  readonly reader: SimulatedReader;
  readonly #options: GatewayOptions;
  readonly #follower: FeedFollower;
  readonly #found: FoundAnswers<SimulatedThread>;
  readonly #staleness: StalenessWatch;
  readonly #refusals: Refusals;
  readonly #reports: ReportDesk<SimulatedThread>;
  readonly #places: Place[];
  readonly #observer: Observer;
  #highest = 0;

  constructor(options: GatewayOptions) {
    const { name, world, parts, log, onCrash, restored } = options;
    this.#options = options;
    this.process = new Process(name, onCrash);
    this.reader = new SimulatedReader({ ...options, process: this.process });
    const clock = world.time.clock(() => this.process.isAlive);
    const evictions = new parts.Evictions(
      (keys) => this.#broadcast({ kind: 'evicted', keys }),
      (run) => clock.setTimeout(run, 0),
    );
    this.#staleness = new parts.StalenessWatch({
      clock,
      tell: (since) => this.#broadcast({ kind: 'stale', since }),
      currentAt: restored?.currentAt,
    });
    this.#found = new parts.FoundAnswers<SimulatedThread>({
      tell: (thread, answers: readonly Found[]) => thread.tell({ kind: 'found', answers }),
      share: (documents, except) => this.#broadcast({ kind: 'shared', documents }, except),
    });
    const counters = { documentsRefused: 0 };
    this.#refusals = new parts.Refusals(counters, log, () => this.#reports.changed());
    this.#reports = new parts.ReportDesk<SimulatedThread>({
      reporter: {
        report: async (report) => this.#judgeReport(report),
        remove: async () => {},
        close: async () => {},
      },
      host: name,
      refusals: this.#refusals,
      judged: () => Number.POSITIVE_INFINITY,
      threads: () => this.#places.map(({ thread }) => thread),
      ask: (thread, revision) => thread.tell({ kind: 'position', revision }),
      clock,
      log,
    });
    this.#follower = new parts.FeedFollower({
      reader: this.reader,
      maxBytes: options.storeSize,
      clock,
      steadyTime: clock.now,
      log,
      random: world.random.next,
      onChange: (documents) => this.#broadcast({ kind: 'changed', documents }),
      onEvict: (key) => evictions.add(key),
      onEvent: (event, state) => {
        const cell = `${state} × ${event}`;
        world.tally.cells[cell] = (world.tally.cells[cell] ?? 0) + 1;
        world.note(() => `${name}: ${cell}`);
        if (event === 'foreign') this.#highest = 0;
      },
      screen: new parts.DocumentScreen(
        this.#refusals,
        { add: () => {} },
        {
          // It seems to have taken long now and then.
          now: () => world.random.between(0, 30),
          next: () => new Promise((resolve) => clock.setTimeout(() => resolve(), world.random.between(0, 2))),
        },
      ),
      onMove: (head) => this.#moved(head),
      onState: (status) => this.#staleness.saw(status),
      restored,
    });
    this.#observer = newObserver(name);
    this.#places = Array.from({ length: options.threads }, (_, index) => this.#newThread(index));
    this.#follower.start();
    this.#reports.start();
  }

  /** Undefined too while that is of another feed: it tells nothing of this one. */
  get position(): FeedHead | undefined {
    const { position } = this.#follower.status();
    return position?.epoch === ANOTHER_EPOCH ? undefined : position;
  }

  /** Whether it follows, and has applied everything up to this head. */
  isAt(head: FeedHead | undefined): boolean {
    const { state, position } = this.#follower.status();
    return state === 'following' && position?.epoch === head?.epoch && position?.revision === head?.revision;
  }

  get condition(): string {
    const { state, position } = this.#follower.status();
    return `${state} at ${position?.revision} of ${position?.epoch}`;
  }

  /** Keys of the documents that it refuses. */
  get refused(): Iterable<string> {
    return this.#refusals.keys();
  }

  /** What a snapshot of now would hold. */
  snapshot(): RestoredFeed | undefined {
    const { currentAt } = this.#follower.status();
    const { position } = this;
    const known = this.#options.parts.knownFeed({ position, currentAt }, this.#refusals.earliest());
    return known && { ...known, documents: [...this.#follower.documents(known.position)] };
  }

  /** Ends in order. */
  async stop(): Promise<void> {
    await this.#follower.stop();
    if (this.process.isAlive) this.end();
  }

  /** Ends at once. */
  end(): void {
    this.process.end();
    for (const { thread } of this.#places) thread.isAlive = false;
    for (const line of this.reader.lines) line.fallSilent();
  }

  /** Another thread takes the place of one, and begins with nothing. @returns false if there is none */
  replaceThread(): boolean {
    const index = this.#options.world.random.between(0, this.#places.length - 1);
    const place = this.#places[index];
    if (place === undefined) return false;
    place.thread.isAlive = false;
    this.#places[index] = this.#newThread(index);
    return true;
  }

  /** Asks the primary for a document, and judges the answer. @param expected the only right one, if it must be */
  async findOut(key: string, expected?: { readonly body: string | null }): Promise<void> {
    const { judge, world } = this.#options;
    const before = this.position;
    const lookup = await this.#follower.find(key);
    if (!this.process.isAlive) return;
    if (!lookup.known) {
      if (expected !== undefined) world.violate(`${this.process.name} does not know ${key}`);
      return;
    }
    const { body } = lookup.document;
    // As when a thread has asked: those that know it as absent must hear of it.
    if (body !== null) this.#broadcast({ kind: 'shared', documents: [lookup.document] });
    judge.observe(this.#observer, key, body, before);
    if (expected !== undefined && body !== expected.body) {
      world.violate(`${this.process.name} holds another state of ${key} than the database`);
    }
  }

  /** Has every thread render something, and judges the answers. @param expected what must come, if it must */
  render(credential: string, slug: string, expected?: string): void {
    for (const { thread, observer } of this.#places) {
      const before = thread.position;
      thread.ask(credential, slug, (answer) => {
        const { judge, world } = this.#options;
        const words = answer.kind === 'rendered' ? answer.text : answer.kind;
        world.note(() => `${observer.name}: answers ${credential.slice(0, 4)} ${slug}: ${words}`);
        if (answer.kind === 'wrong')
          world.violate(`${observer.name} answers ${JSON.stringify(answer.outcome)}`);
        if (answer.kind === 'rendered') judge.observe(observer, slug, answer.text, before);
        if (answer.kind === 'not found') judge.observe(observer, slug, null, before);
        if (answer.kind !== 'unavailable') {
          judge.observe(observer, credential, answer.kind === 'unauthorized' ? null : credential, before);
        }
        if (expected !== undefined && words !== expected) {
          world.violate(
            `${observer.name} answers ${credential.slice(0, 4)} ${slug} with ${words}, not ${expected}`,
          );
        }
      });
    }
  }

  /** Asks a thing or two, as callers do at any time. */
  probe(): void {
    const { random } = this.#options.world;
    const keys = this.#options.judge.keys;
    if (keys.length > 0) void this.findOut(random.pick(keys));
    this.render(random.pick(CREDENTIALS), random.pick(SLUGS));
  }

  #moved(head: FeedHead): void {
    if (this.#highest > head.revision) {
      this.#options.world.violate(`${this.process.name} goes back from ${this.#highest} to ${head.revision}`);
    }
    this.#highest = head.revision;
    this.#broadcast({ kind: 'stood at', head });
    this.#reports.moved(head);
  }

  /** No thread may be behind what is reported. */
  #judgeReport({ revision }: GatewayReport): void {
    for (const { thread, observer } of this.#places) {
      const at = thread.position?.revision;
      if (revision === null || at === undefined || at >= revision) continue;
      this.#options.world.violate(`${observer.name} is at ${at}, and its gateway reports ${revision}`);
    }
  }

  #newThread(index: number): Place {
    const { world, parts, name } = this.#options;
    const thread: SimulatedThread = new SimulatedThread(world, parts, (message) =>
      this.#hear(message, thread),
    );
    const { position } = this;
    thread.tell({ kind: 'stale', since: this.#staleness.since });
    if (position !== undefined) thread.tell({ kind: 'stood at', head: position });
    thread.tell({ kind: 'position', revision: this.#follower.status().position?.revision ?? 0 });
    return { thread, observer: newObserver(`${name}, thread ${index + 1}`) };
  }

  #hear(message: ToPrimary, thread: SimulatedThread): void {
    if (!this.process.isAlive) return;
    switch (message.kind) {
      case 'find':
        for (const key of message.keys) void this.#find(key, thread);
        return;
      case 'applied':
        this.#reports.applied(thread, message.revision);
        return;
      case 'refused':
        this.#follower.refuse(message.key, message.revision, message.reason);
        return;
      default:
        message satisfies never;
    }
  }

  #find(asked: string, thread: SimulatedThread): Promise<void> {
    const { findAhead } = this.#options.parts;
    return findAhead(
      asked,
      async (key) => (this.process.isAlive ? this.#follower.find(key) : { known: false }),
      (key, lookup) => {
        if (!this.process.isAlive) return;
        this.#found.add(thread, { key, document: lookup.known ? lookup.document : null });
      },
    );
  }

  #broadcast(message: ToThread, except?: SimulatedThread): void {
    for (const { thread } of this.#places ?? []) if (thread !== except) thread.tell(message);
  }
}
