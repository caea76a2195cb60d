import type { DatabaseContent } from './database.js';
import { EMPTY, type StoreContent } from './feed-store.js';
import { snapshotOfAnother } from './gateway.js';
import type { Installation } from './installation.js';
import type { Link } from './network.js';
import type { Deed } from './tally.js';

/** How long a cut lasts, at the most. Longer than any patience but the database's. */
const LONGEST_CUT = 6_000;
/**
 * For how long the database is away while it is restored: what was on its way is through by then. Where the
 * store may be restored with it, it takes so long that no publisher believes its memory any more.
 */
const RESTORING = [2_000, 3_000] as const;
const RESTORING_BOTH = [10_000, 12_000] as const;
/** Milliseconds by which the position of another feed is ahead. */
const FAR = 1_000_000;

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
  copyBoth: (nemesis) => nemesis.copyBoth(),
  restoreBoth: (nemesis) => nemesis.restoreBoth(),
  takeLock: (nemesis) => nemesis.takeLock(),
  replacePublisher: (nemesis) => nemesis.replacePublisher(),
  restartGateway: (nemesis) => nemesis.restartGateway(),
  giveSnapshotOfAnother: (nemesis) => nemesis.giveSnapshotOfAnother(),
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
  readonly #restoresStore: boolean;
  /** Whether a gateway was given another installation's snapshot. */
  hasMisled = false;

  constructor(installation: Installation) {
    this.#installation = installation;
    this.#restoresStore = this.#random.chance(0.6);
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
    this.#cut(this.#random.pick(this.#installation.gateways).toStore, 'gateway cut off');
  }

  cutPublisherFromStore(): void {
    const { toStore } = this.#random.pick(this.#installation.controlPlanes);
    this.#cut(toStore, 'publisher cut off from the store');
  }

  cutPublisherFromDatabase(): void {
    const { toDatabase } = this.#random.pick(this.#installation.controlPlanes);
    this.#cut(toDatabase, 'publisher cut off from the database');
  }

  closeSubscription(): void {
    for (const line of [...this.#random.pick(this.#installation.gateways).current.reader.lines]) {
      if (line.close('the connection was closed')) this.#tally['subscription closed'] += 1;
    }
  }

  silenceSubscription(): void {
    for (const line of this.#random.pick(this.#installation.gateways).current.reader.lines) {
      if (line.fallSilent()) this.#tally['subscription half-open'] += 1;
    }
  }

  empty(): void {
    this.#putIntoStore(EMPTY, 'store emptied');
  }

  copyStore(): void {
    if (this.#restoresStore) this.#storeCopy = this.#installation.store.copy();
  }

  restoreStore(): void {
    if (this.#storeCopy !== undefined) this.#putIntoStore(this.#storeCopy, 'store restored');
  }

  copyDatabase(): void {
    this.#databaseCopy = this.#installation.database.content();
  }

  copyBoth(): void {
    this.copyStore();
    this.copyDatabase();
  }

  /** Whatever copies there are: they fit each other if both were taken at once, and sometimes otherwise. */
  restoreBoth(): void {
    if (this.#storeCopy !== undefined) this.restoreDatabase(this.#storeCopy);
  }

  restoreDatabase(storeCopy?: StoreContent): void {
    const copy = this.#databaseCopy;
    if (copy === undefined || this.#isRestoring) return;
    this.#isRestoring = true;
    const { database, store, controlPlanes, world } = this.#installation;
    database.isAway = true;
    for (const session of [...database.sessions]) session.terminate(this.#random.chance(0.7));
    const [least, most] = this.#restoresStore ? RESTORING_BOTH : RESTORING;
    world.time.after(this.#random.between(least, most), () => {
      world.note(() => 'the database is back, as it was');
      const isAnother = database.restore(copy);
      if (isAnother) this.#tally['database restored'] += 1;
      const isUndone = storeCopy !== undefined && this.#putIntoStore(storeCopy, 'store restored');
      const { epoch, confirmed, reserved } = database.state;
      const { head } = store;
      const fits =
        head !== undefined && head.epoch === epoch && head.revision >= confirmed && head.revision <= reserved;
      if (isAnother && isUndone && fits) this.#tally['both restored to copies that fit'] += 1;
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
    const place = this.#random.pick(this.#installation.controlPlanes);
    if (!place.current.process.isAlive) return;
    this.#tally['publisher replaced'] += 1;
    if (this.#random.chance(0.5)) this.#installation.crash(place);
    else void this.#installation.stop(place);
  }

  restartGateway(): void {
    const place = this.#random.pick(this.#installation.gateways);
    if (!place.current.process.isAlive) return;
    this.#tally['gateway restarted'] += 1;
    if (this.#random.chance(0.5)) place.snapshot = undefined;
    if (this.#random.chance(0.5)) this.#installation.crash(place);
    else void this.#installation.stop(place);
  }

  /** Seldom: a gateway takes long to be sure of it. */
  giveSnapshotOfAnother(): void {
    const place = this.#random.pick(this.#installation.gateways);
    if (!this.#random.chance(0.05) || !place.current.process.isAlive) return;
    this.#tally['gateway with a snapshot of another feed'] += 1;
    this.hasMisled = true;
    const { now } = this.#world.time;
    place.snapshot = snapshotOfAnother(now + FAR, now);
    this.#installation.crash(place);
  }

  takeSnapshot(): void {
    const place = this.#random.pick(this.#installation.gateways);
    place.snapshot = place.current.snapshot() ?? place.snapshot;
  }

  replaceThread(): void {
    const { current } = this.#random.pick(this.#installation.gateways);
    if (current.process.isAlive && current.replaceThread()) this.#tally['thread replaced'] += 1;
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

  #cut(link: Link, deed: Deed): void {
    if (link.isCut) return;
    this.#tally[deed] += 1;
    link.cut();
    this.#world.time.after(this.#random.between(10, LONGEST_CUT), () => link.mend());
  }

  /** With the server's restart, which ends all subscriptions, or without. @returns whether anything changes */
  #putIntoStore(content: StoreContent, deed: Deed): boolean {
    const { store, gateways } = this.#installation;
    const isAnother = !store.isAt(content.head);
    if (isAnother) this.#tally[deed] += 1;
    store.restore(content);
    if (this.#random.chance(0.5)) return isAnother;
    for (const { current } of gateways) {
      for (const line of [...current.reader.lines]) line.close('the store was restarted');
    }
    return isAnother;
  }
}
