import { LIMITS } from '../limits.js';
import type { Route } from './resolution.js';

/**
 * Where a caller's request went the last time, so that a request like it needs neither its key
 * hashed nor its path read. Forgotten as a whole when any document changes that a way was found by:
 * finding a way anew takes microseconds, and changes are rare beside renders.
 *
 * A way is remembered only after the caller was let through, so whatever stands here is authorized.
 */
export class RouteCache {
  readonly #ways = new Map<string, Map<string, Route>>();
  #size = 0;

  knows(credential: string): boolean {
    return this.#ways.has(credential);
  }

  /**
   * @param credential the header that carried the key, as it was sent
   * @param path and `query` as they were sent
   */
  find(credential: string, path: string, query: string): Route | undefined {
    return this.#ways.get(credential)?.get(query === '' ? path : `${path}?${query}`);
  }

  remember(credential: string, path: string, query: string, route: Route): void {
    const target = query === '' ? path : `${path}?${query}`;
    if (target.length > LIMITS.routeLength) return;
    if (this.#size >= LIMITS.routes) this.forget();
    let ways = this.#ways.get(credential);
    if (ways === undefined) {
      ways = new Map();
      this.#ways.set(credential, ways);
    }
    if (!ways.has(target)) this.#size += 1;
    ways.set(target, route);
  }

  forget(): void {
    this.#ways.clear();
    this.#size = 0;
  }
}
