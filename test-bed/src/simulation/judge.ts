import type { FeedDocument, FeedHead } from '@px0/contract';
import { CREDENTIALS, isUnreadable, SLUGS, type Users } from './catalogue.js';
import type { SimulatedDatabase } from './database.js';
import type { World } from './world.js';

/** What something was, from each stamp of the database on: null while it was not there. */
interface Register {
  readonly stamps: number[];
  readonly values: (string | null)[];
}

/** How far the database's changes of something were published, from each revision on. */
interface Reach {
  readonly revisions: number[];
  readonly stamps: number[];
}

/** One who sees what a gateway says: it may not see time go back. */
export interface Observer {
  readonly name: string;
  /** For each thing, the place in its register that was seen. */
  readonly seen: Map<string, number>;
}

export const newObserver = (name: string): Observer => ({ name, seen: new Map() });

/**
 * Knows what everything in the database ever was, and what of it was published when. What a gateway says
 * must have been true once, not before what it said of the same thing before, and not before what it has
 * applied according to its position: so no update is lost, nothing older comes after something newer,
 * and nothing is called absent that is known to be there.
 *
 * A document that cannot be read leaves the states before it.
 *
 * Things are judged by document key, and as callers see them: by slug and by credential.
 */
export class Judge {
  readonly #world: World;
  readonly #users: Users;
  #database: SimulatedDatabase | undefined;
  readonly #registers = new Map<string, Register>();
  readonly #reaches = new Map<string, Reach>();
  readonly #keysOf = new Map<string, string[]>();

  constructor(world: World, users: Users) {
    this.#world = world;
    this.#users = users;
  }

  /** Document keys that were ever in the database. */
  get keys(): readonly string[] {
    return [...this.#registers.keys()].filter((name) => name.includes(':'));
  }

  watch(database: SimulatedDatabase): void {
    this.#database = database;
  }

  /** The database's witness. */
  changed(keys: readonly string[], documents: ReadonlyMap<string, string>, stamp: number): void {
    this.#world.tally.changes += 1;
    for (const key of keys) {
      this.#write(key, documents.get(key) ?? null, stamp);
      const owner = this.#users.owners.get(key);
      if (owner === undefined) continue;
      const list = this.#keysOf.get(owner);
      if (list === undefined) this.#keysOf.set(owner, [key]);
      else if (!list.includes(key)) list.push(key);
    }
    for (const slug of SLUGS) this.#write(slug, this.#users.textOf(documents, slug), stamp);
    for (const credential of CREDENTIALS) {
      this.#write(credential, this.#users.admits(documents, credential), stamp);
    }
  }

  /** The store's witness. */
  appended(documents: readonly FeedDocument[]): void {
    for (const { key, revision } of documents) this.#reached([key], revision);
  }

  rebuilt({ revision }: FeedHead): void {
    this.#reached([...this.#registers.keys()], revision);
  }

  /**
   * Judges an answer.
   * @param position up to where the gateway had applied everything when it was asked
   * @param value null for "it is not there"
   */
  observe(observer: Observer, name: string, value: string | null, position: FeedHead | undefined): void {
    this.#world.tally.answers += 1;
    const { stamps, values } = this.#registers.get(name) ?? { stamps: [], values: [] };
    const floor = position === undefined ? 0 : this.#floor(name, position.revision);
    const seen = observer.seen.get(name) ?? -1;
    let from = Math.max(seen, 0);
    while (from + 1 < stamps.length && (stamps[from + 1] ?? Number.NaN) <= floor) from += 1;
    // The state before goes on, which is one that the gateway has: it may have missed some.
    if (isUnreadable(values[from] ?? null)) from = Math.max(seen, 0);
    for (let place = from; place < values.length; place++) {
      if (values[place] !== value) continue;
      // A primary may hold it until somebody has tried to read it, and then goes back.
      if (!isUnreadable(value)) observer.seen.set(name, place);
      return;
    }
    if (values.length === 0 && value === null) return;
    const words = (place: number) => `${place}: ${short(values[place] ?? null)}`;
    this.#world.violate(
      `${observer.name} at ${position?.revision} says of ${name}: ${short(value)}; it has seen ${seen < 0 ? 'nothing' : words(seen)}, ` +
        `and its position tells ${words(from)} of ${values.length} states, the last ${words(values.length - 1)}`,
    );
  }

  #write(name: string, value: string | null, stamp: number): void {
    let register = this.#registers.get(name);
    if (register === undefined) {
      register = { stamps: [0], values: [null] };
      this.#registers.set(name, register);
    }
    if (register.values.at(-1) === value) return;
    register.stamps.push(stamp);
    register.values.push(value);
  }

  #reached(keys: readonly string[], revision: number): void {
    const stamp = this.#database?.stampOfRevision.get(revision);
    if (stamp === undefined) return;
    const owners = new Set<string>();
    for (const key of keys) {
      if (!key.includes(':')) continue;
      this.#extend(key, revision, stamp);
      const owner = this.#users.owners.get(key);
      if (owner !== undefined) owners.add(owner);
    }
    // What a caller sees is published as far as all its documents are.
    for (const owner of owners) {
      const stamps = (this.#keysOf.get(owner) ?? []).map((key) => this.#publishedUntil(key));
      this.#extend(owner, revision, Math.min(...stamps));
    }
  }

  /** The stamp up to which nothing happened to a document that is not published. */
  #publishedUntil(key: string): number {
    const published = this.#reaches.get(key)?.stamps.at(-1) ?? 0;
    const next = this.#registers.get(key)?.stamps.find((stamp) => stamp > published);
    return next === undefined ? (this.#database?.stamp ?? 0) : next - 1;
  }

  #extend(name: string, revision: number, stamp: number): void {
    let reach = this.#reaches.get(name);
    if (reach === undefined) {
      reach = { revisions: [], stamps: [] };
      this.#reaches.set(name, reach);
    }
    reach.revisions.push(revision);
    reach.stamps.push(stamp);
  }

  #floor(name: string, revision: number): number {
    const reach = this.#reaches.get(name);
    if (reach === undefined) return 0;
    let floor = 0;
    for (const [place, at] of reach.revisions.entries()) {
      if (at <= revision) floor = Math.max(floor, reach.stamps[place] ?? 0);
    }
    return floor;
  }
}

function short(value: string | null): string {
  return value === null ? 'absent' : value.length < 40 ? value : `…${value.slice(-24)}`;
}
