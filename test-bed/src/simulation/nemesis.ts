import type { DatabaseContent } from './database.js';
import { EMPTY, type StoreContent } from './feed-store.js';
import type { Installation } from './installation.js';
import type { Link } from './network.js';

/** How long a cut lasts, at the most. Longer than any patience but the database's. */
const LONGEST_CUT = 6_000;
/** For how long the database is away while it is restored: what was on its way is through by then. */
const RESTORING = [2_000, 3_000] as const;

/** What the nemesis does of its own accord, beside what becomes of calls and messages. */
const ACTS: Readonly<Record<string, (nemesis: Nemesis) => void>> = {
  cutGateway: (nemesis) => nemesis.cutGateway(),
  cutPublisherFromStore: (nemesis) => nemesis.cutPublisherFromStore(),
  cutPublisherFromDatabase: (nemesis) => nemesis.cutPublisherFromDatabase(),
  closeSubscription: (nemesis) => nemesis.closeSubscription(),
  silenceSubscription: (nemesis) => nemesis.silenceSubscription(),
  empty: (nemesis) => nemesis.empty(),
  copyStore: (nemesis) => nemesis.copyStore(),
  restoreStore: (nemesis) => nemesis.restoreStore(),
  copyDatabase: (nemesis) => nemesis.copyDatabase(),
  restoreDatabase: (nemesis) => nemesis.restoreDatabase(),
  takeLock: (nemesis) => nemesis.takeLock(),
  replacePublisher: (nemesis) => nemesis.replacePublisher(),
  restartGateway: (nemesis) => nemesis.restartGateway(),
  takeSnapshot: (nemesis) => nemesis.takeSnapshot(),
  replaceThread: (nemesis) => nemesis.replaceThread(),
};
const ACT_NAMES = Object.keys(ACTS);

/** Does to an installation what can happen to one. */
export class Nemesis {
  readonly #installation: Installation;
  #storeCopy: StoreContent | undefined;
  #databaseCopy: DatabaseContent | undefined;
  #isRestoring = false;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** Whether it can be left alone now: nothing is in the middle of being put back. */
  get isDone(): boolean {
    return !this.#isRestoring;
  }

  act(): void {
    const name = this.#random.pick(ACT_NAMES);
    this.#world.note(() => `NEMESIS: ${name}`);
    ACTS[name]?.(this);
  }

  cutGateway(): void {
    this.#tally['gateway cut off'] += 1;
    this.#cut(this.#random.pick(this.#installation.gateways).toStore);
  }

  cutPublisherFromStore(): void {
    this.#tally['publisher cut off from the store'] += 1;
    this.#cut(this.#random.pick(this.#installation.controlPlanes).toStore);
  }

  cutPublisherFromDatabase(): void {
    this.#tally['publisher cut off from the database'] += 1;
    this.#cut(this.#random.pick(this.#installation.controlPlanes).toDatabase);
  }

  closeSubscription(): void {
    for (const line of this.#random.pick(this.#installation.gateways).current.reader.lines) {
      this.#tally['subscription closed'] += 1;
      line.close('the connection was closed');
    }
  }

  silenceSubscription(): void {
    for (const line of this.#random.pick(this.#installation.gateways).current.reader.lines) {
      this.#tally['subscription half-open'] += 1;
      line.fallSilent();
    }
  }

  empty(): void {
    this.#tally['store emptied'] += 1;
    this.#putIntoStore(EMPTY);
  }

  copyStore(): void {
    this.#storeCopy = this.#installation.store.copy();
  }

  restoreStore(): void {
    if (this.#storeCopy === undefined) return;
    this.#tally['store restored'] += 1;
    this.#putIntoStore(this.#storeCopy);
  }

  copyDatabase(): void {
    this.#databaseCopy = this.#installation.database.content();
  }

  restoreDatabase(): void {
    const copy = this.#databaseCopy;
    if (copy === undefined || this.#isRestoring) return;
    this.#tally['database restored'] += 1;
    this.#isRestoring = true;
    const { database, store, controlPlanes, world } = this.#installation;
    database.isAway = true;
    for (const session of [...database.sessions]) session.terminate(this.#random.chance(0.7));
    world.time.after(this.#random.between(...RESTORING), () => {
      world.note(() => 'the database is back, as it was');
      database.restore(copy);
      // Nobody but gateways would remember what was, were both as they once stood together: the manual
      // says to empty the feed then.
      this.#storeCopy = undefined;
      if (store.isBehind) store.restore(EMPTY);
      database.isAway = false;
      this.#isRestoring = false;
      for (const { toDatabase } of controlPlanes) toDatabase.mend();
    });
  }

  takeLock(): void {
    const holder = this.#installation.database.lockHolder;
    if (holder === undefined) return;
    const isTold = this.#random.chance(0.3);
    if (!isTold) this.#tally['lock lost unknowingly'] += 1;
    holder.terminate(isTold);
  }

  replacePublisher(): void {
    this.#tally['publisher replaced'] += 1;
    const place = this.#random.pick(this.#installation.controlPlanes);
    if (!place.current.process.isAlive) return;
    if (this.#random.chance(0.5)) this.#installation.crash(place);
    else void this.#installation.stopControlPlane(place);
  }

  restartGateway(): void {
    const place = this.#random.pick(this.#installation.gateways);
    if (!place.current.process.isAlive) return;
    this.#tally['gateway restarted'] += 1;
    if (this.#random.chance(0.5)) place.snapshot = undefined;
    this.#installation.crash(place);
  }

  takeSnapshot(): void {
    const place = this.#random.pick(this.#installation.gateways);
    place.snapshot = place.current.snapshot() ?? place.snapshot;
  }

  replaceThread(): void {
    const { current } = this.#random.pick(this.#installation.gateways);
    if (!current.process.isAlive) return;
    this.#tally['thread replaced'] += 1;
    current.replaceThread();
  }

  get #world() {
    return this.#installation.world;
  }

  get #random() {
    return this.#world.random;
  }

  get #tally() {
    return this.#world.tally.deeds;
  }

  #cut(link: Link): void {
    link.cut();
    this.#world.time.after(this.#random.between(10, LONGEST_CUT), () => link.mend());
  }

  /** With the server's restart, which ends all subscriptions, or without. */
  #putIntoStore(content: StoreContent): void {
    const { store, gateways } = this.#installation;
    store.restore(content);
    if (this.#random.chance(0.5)) return;
    for (const { current } of gateways) {
      for (const line of [...current.reader.lines]) line.close('the store was restarted');
    }
  }
}
