import { LIMITS } from '../limits.js';
import type { Route } from './resolution.js';

/** What a caller's ways have in common. */
interface Caller {
  readonly keyId: string;
  readonly credential: string;
  /** Whether one of them was found since uses were gathered. */
  used: boolean;
  /** By path and query. */
  readonly ways: Map<string, Way>;
}

/** Where a request led. Whoever kept one for a while asks {@link RouteCache.holds} before going it again. */
export interface Way {
  readonly caller: Caller;
  readonly path: string;
  readonly query: string;
  readonly route: Route;
  /** Of the cache when it was remembered. */
  readonly generation: number;
}

/**
 * Where a caller's request went the last time, so that a request like it needs neither its key
 * hashed nor its path read. Forgotten as a whole when any document changes that a way was found by:
 * finding a way anew takes microseconds, and changes are rare beside renders.
 *
 * A way is remembered only after the caller was let through, so whatever stands here is authorized.
 */
export class RouteCache {
  readonly #callers = new Map<string, Caller>();
  /**
   * Ways that were gone lately, each in its own place: texts that have just come from the network have
   * no hash yet, and comparing two is far cheaper than hashing two and looking them up.
   */
  readonly #recent: (Way | undefined)[] = new Array(LIMITS.recentRoutes).fill(undefined);
  readonly #usedKeys: Set<string>;
  #size = 0;
  #generation = 0;

  /** @param usedKeys where the ids of keys go that ways were found for: by and by, see {@link gatherUses} */
  constructor(usedKeys: Set<string>) {
    this.#usedKeys = usedKeys;
  }

  knows(credential: string): boolean {
    return this.#callers.has(credential);
  }

  /** Whether nothing was forgotten since the way was found. */
  holds(way: Way): boolean {
    return way.generation === this.#generation;
  }

  /**
   * @param credential the header that carried the key, as it was sent
   * @param path and `query` as they were sent
   */
  find(credential: string, path: string, query: string): Way | undefined {
    const place = placeOf(credential, path);
    let way = this.#recent[place];
    if (way?.path !== path || way.caller.credential !== credential || way.query !== query) {
      way = this.#callers.get(credential)?.ways.get(targetOf(path, query));
      if (way === undefined) return undefined;
      this.#recent[place] = way;
    }
    // No more than this: `bench gateway` measures requests that take this way.
    way.caller.used = true;
    return way;
  }

  /** @param keyId of the key that the credential carries */
  remember(credential: string, keyId: string, path: string, query: string, route: Route): void {
    const target = targetOf(path, query);
    if (target.length > LIMITS.routeLength || credential.length > LIMITS.credentialLength) return;
    if (this.#size >= LIMITS.routes) this.forget();
    let caller = this.#callers.get(credential);
    if (caller === undefined) {
      caller = { keyId, credential, used: false, ways: new Map() };
      this.#callers.set(credential, caller);
    }
    if (!caller.ways.has(target)) this.#size += 1;
    const way = { caller, path, query, route, generation: this.#generation };
    caller.ways.set(target, way);
    this.#recent[placeOf(credential, path)] = way;
  }

  /** Puts the keys that ways were found for since the last time where they are to go. */
  gatherUses(): void {
    for (const caller of this.#callers.values()) {
      if (caller.used) this.#usedKeys.add(caller.keyId);
      caller.used = false;
    }
  }

  forget(): void {
    this.gatherUses();
    this.#callers.clear();
    this.#recent.fill(undefined);
    this.#size = 0;
    this.#generation += 1;
  }
}

function targetOf(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`;
}

/** Keys end with a checksum, and slugs stand before `/render`: characters that differ where anything does. */
function placeOf(credential: string, path: string): number {
  const key = credential.length;
  const slug = path.length - '/render'.length;
  const mixed =
    credential.charCodeAt(key - 1) ^
    (credential.charCodeAt(key - 2) << 2) ^
    (credential.charCodeAt(key - 3) << 4) ^
    (path.charCodeAt(slug - 1) << 1) ^
    (path.charCodeAt(slug - 2) << 3) ^
    (path.charCodeAt(slug - 3) << 5) ^
    slug;
  return (mixed >>> 0) % LIMITS.recentRoutes;
}
