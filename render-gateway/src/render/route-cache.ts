import { LIMITS } from '../limits.js';
import type { Route } from './resolution.js';

/** The ways of one caller. */
interface Ways {
  readonly keyId: string;
  /** Whether one was found since uses were gathered. */
  used: boolean;
  /** By path and query. */
  readonly routes: Map<string, Route>;
}

/**
 * Where a caller's request went the last time, so that a request like it needs neither its key
 * hashed nor its path read. Forgotten as a whole when any document changes that a way was found by:
 * finding a way anew takes microseconds, and changes are rare beside renders.
 *
 * A way is remembered only after the caller was let through, so whatever stands here is authorized.
 */
export class RouteCache {
  readonly #ways = new Map<string, Ways>();
  readonly #usedKeys: Set<string>;
  #size = 0;

  /** @param usedKeys where the ids of keys go that ways were found for: by and by, see {@link gatherUses} */
  constructor(usedKeys: Set<string>) {
    this.#usedKeys = usedKeys;
  }

  knows(credential: string): boolean {
    return this.#ways.has(credential);
  }

  /**
   * @param credential the header that carried the key, as it was sent
   * @param path and `query` as they were sent
   */
  find(credential: string, path: string, query: string): Route | undefined {
    const ways = this.#ways.get(credential);
    if (ways === undefined) return undefined;
    // No more than this: `bench gateway` measures requests that take this way.
    ways.used = true;
    return ways.routes.get(query === '' ? path : `${path}?${query}`);
  }

  /** @param keyId of the key that the credential carries */
  remember(credential: string, keyId: string, path: string, query: string, route: Route): void {
    const target = query === '' ? path : `${path}?${query}`;
    if (target.length > LIMITS.routeLength || credential.length > LIMITS.credentialLength) return;
    if (this.#size >= LIMITS.routes) this.forget();
    let ways = this.#ways.get(credential);
    if (ways === undefined) {
      ways = { keyId, used: false, routes: new Map() };
      this.#ways.set(credential, ways);
    }
    if (!ways.routes.has(target)) this.#size += 1;
    ways.routes.set(target, route);
  }

  /** Puts the keys that ways were found for since the last time where they are to go. */
  gatherUses(): void {
    for (const ways of this.#ways.values()) {
      if (ways.used) this.#usedKeys.add(ways.keyId);
      ways.used = false;
    }
  }

  forget(): void {
    this.gatherUses();
    this.#ways.clear();
    this.#size = 0;
  }
}
