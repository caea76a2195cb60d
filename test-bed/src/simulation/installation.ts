import { createLog } from '@px0/control-plane';
import type { RestoredFeed } from '@px0/render-gateway/parts';
import type { Logger } from 'pino';
import { isUnreadable, Users } from './catalogue.js';
import { SimulatedControlPlane } from './control-plane.js';
import { SimulatedDatabase } from './database.js';
import { FeedStore, type StoreRules } from './feed-store.js';
import { SimulatedGateway } from './gateway.js';
import { Judge } from './judge.js';
import { Link, Network } from './network.js';
import type { Parts } from './parts.js';
import type { World } from './world.js';

/** Bytes of documents that a gateway holds: everything, or less than there may be. */
const STORE_SIZES = [1_000_000, 12_000, 6_000];
const NEARLY_NOTHING = 1_000;
const SILENT = createLog('silent');
/** After a crash, until the process is there again: at the least, and at the most. */
const RESTART = [20, 800] as const;

/** A place in which a process runs; another takes it when one has ended. */
interface Place<T> {
  readonly toStore: Link;
  readonly toDatabase: Link;
  readonly start: () => void;
  current: T;
  /** What a gateway begins from when it starts the next time. */
  snapshot: RestoredFeed | undefined;
}

/** A whole px0: database, store, control planes, gateways, users. */
export class Installation {
  readonly world: World;
  readonly judge: Judge;
  readonly database: SimulatedDatabase;
  readonly store: FeedStore;
  readonly controlPlanes: Place<SimulatedControlPlane>[] = [];
  readonly gateways: Place<SimulatedGateway>[] = [];
  readonly #users: Users;
  readonly network: Network;
  readonly #parts: Parts;
  readonly #log: Logger;
  #epochs = 0;

  constructor(world: World, parts: Parts, rules: StoreRules) {
    this.world = world;
    this.#parts = parts;
    this.network = new Network(world);
    this.#users = new Users(world.random);
    const judge = new Judge(world, this.#users);
    this.judge = judge;
    this.database = new SimulatedDatabase((keys, documents, stamp) => judge.changed(keys, documents, stamp));
    judge.watch(this.database);
    this.store = new FeedStore(rules, judge);
    this.#log = world.isTraced
      ? createLog('info', { write: (line) => world.note(() => wordsOf(line)) })
      : SILENT;
    for (let count = 0; count < 3; count++) this.changeSomething();
    for (const name of ['control plane 1', 'control plane 2']) this.#addControlPlane(name);
    this.#addGateway('gateway 1', 2, world.random.pick(STORE_SIZES));
    this.#addGateway('gateway 2', 1, world.random.pick(STORE_SIZES));
    // Too little for a request to find all that it needs there; but each document can be asked for.
    if (world.random.chance(0.2)) this.#addGateway('gateway 3', 0, NEARLY_NOTHING);
  }

  get links(): readonly Link[] {
    return [...this.controlPlanes, ...this.gateways].flatMap(({ toStore, toDatabase }) => [
      toStore,
      toDatabase,
    ]);
  }

  changeSomething(): void {
    if (this.database.isAway) return;
    const { change, words } = this.#users.act(this.database.documents);
    this.world.note(() => `USER: ${words}`);
    this.database.change(change);
  }

  /** Whether that credential is let through, as the database has it. */
  admits(credential: string): boolean {
    return this.#users.admits(this.database.documents, credential) !== null;
  }

  /** Changes a key, and a slug's prompt, in one transaction. @returns whether there is one to be changed */
  changeTogether(credential: string, slug: string): boolean {
    const act = this.#users.changeTogether(this.database.documents, credential, slug);
    if (act === undefined) return false;
    this.world.note(() => `USER: ${act.words}`);
    this.database.change(act.change);
    return true;
  }

  /**
   * What a caller must be answered, if the gateway knows all that the database does; undefined where a
   * document cannot be read, and there is more than one right answer.
   */
  expectedAnswer(credential: string, slug: string): string | undefined {
    const { documents } = this.database;
    if (this.#users.admits(documents, credential) === null) return 'unauthorized';
    const text = this.#users.textOf(documents, slug);
    return isUnreadable(text) ? undefined : (text ?? 'not found');
  }

  /** Ends it now, and starts it again in a while. */
  crash(place: Place<{ end(): void }>): void {
    place.current.end();
    this.#startLater(place);
  }

  /** Ends it in order, and starts it again in a while. */
  async stop(place: Place<{ stop(): Promise<void> }>): Promise<void> {
    const { current } = place;
    await current.stop();
    // It may have been killed in the middle of it, and be there again.
    if (place.current === current) this.#startLater(place);
  }

  #startLater(place: { readonly start: () => void }): void {
    this.world.time.after(this.world.random.between(...RESTART), place.start);
  }

  #addControlPlane(name: string): void {
    const toStore = new Link();
    const toDatabase = new Link();
    const { world, store, database } = this;
    const create = (): SimulatedControlPlane =>
      new SimulatedControlPlane({
        name,
        world,
        network: this.network,
        store,
        toStore,
        database,
        toDatabase,
        parts: this.#parts,
        log: this.#log,
        newEpoch: () => {
          this.#epochs += 1;
          return `epoch ${this.#epochs}`;
        },
        onCrash: () => this.crash(place),
      });
    const place: Place<SimulatedControlPlane> = {
      toStore,
      toDatabase,
      current: create(),
      snapshot: undefined,
      start: () => {
        if (place.current.process.isAlive) return;
        place.current = create();
      },
    };
    this.controlPlanes.push(place);
  }

  #addGateway(name: string, threads: number, storeSize: number): void {
    const toStore = new Link();
    const { world, store, judge } = this;
    const create = (restored: RestoredFeed | undefined): SimulatedGateway =>
      new SimulatedGateway({
        name,
        threads,
        storeSize,
        world,
        network: this.network,
        store,
        link: toStore,
        judge,
        parts: this.#parts,
        log: this.#log,
        onCrash: () => this.crash(place),
        restored,
      });
    const place: Place<SimulatedGateway> = {
      toStore,
      toDatabase: toStore,
      current: create(undefined),
      snapshot: undefined,
      start: () => {
        if (place.current.process.isAlive) return;
        world.note(() => `${name}: starts ${place.snapshot === undefined ? 'cold' : 'from its snapshot'}`);
        place.current = create(place.snapshot);
      },
    };
    this.gateways.push(place);
  }
}

/** What a line of a log says, without the real time in which it was written. */
function wordsOf(line: string): string {
  const { msg, reason, trouble, err } = JSON.parse(line) as {
    msg: string;
    reason?: string;
    trouble?: string;
    err?: { message: string };
  };
  return `log: ${[msg, reason ?? trouble ?? err?.message].filter(Boolean).join(': ')}`;
}
