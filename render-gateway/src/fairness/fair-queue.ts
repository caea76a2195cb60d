export interface FairQueueOptions<T> {
  /** Of one tenant, and of all together: how much may wait and run. */
  readonly share: number;
  readonly places: number;
  /** How much of one tenant may run at once. */
  readonly running: number;
  /** Told of work whose place went to a tenant that has fewer. */
  readonly onDisplaced: (work: T) => void;
}

interface Tenant<T> {
  readonly waiting: T[];
  running: number;
}

/**
 * Work of many tenants, taken from each in turn. None can fill all of the places, or of what runs; nor can
 * some of them together keep out one that has fewer places than they.
 */
export class FairQueue<T> {
  readonly #options: FairQueueOptions<T>;
  /** In the order of their turns. */
  readonly #tenants = new Map<string, Tenant<T>>();
  #held = 0;

  constructor(options: FairQueueOptions<T>) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  /** @returns whether there was a place */
  add(tenantId: string, work: T): boolean {
    const tenant = this.#tenants.get(tenantId) ?? { waiting: [], running: 0 };
    const { share, places } = this.#options;
    const held = heldBy(tenant);
    if (held >= share || (this.#held >= places && !this.#displace(held + 1))) return false;
    tenant.waiting.push(work);
    this.#tenants.set(tenantId, tenant);
    this.#held += 1;
    return true;
  }

  /** @returns what is to run next, until {@link finish} is called for it; undefined if nothing is */
  take(): { readonly tenantId: string; readonly work: T } | undefined {
    for (const [tenantId, tenant] of this.#tenants) {
      if (tenant.running >= this.#options.running) continue;
      const work = tenant.waiting.shift();
      if (work === undefined) continue;
      tenant.running += 1;
      this.#tenants.delete(tenantId);
      this.#tenants.set(tenantId, tenant);
      return { tenantId, work };
    }
    return undefined;
  }

  /** Frees the place of something that was taken. */
  finish(tenantId: string): void {
    const tenant = this.#tenants.get(tenantId);
    if (tenant === undefined) return;
    tenant.running -= 1;
    this.#leave(tenantId, tenant);
  }

  /** @returns whether the work was still waiting; its place is free then */
  withdraw(tenantId: string, work: T): boolean {
    const tenant = this.#tenants.get(tenantId);
    const place = tenant?.waiting.indexOf(work) ?? -1;
    if (tenant === undefined || place < 0) return false;
    tenant.waiting.splice(place, 1);
    this.#leave(tenantId, tenant);
    return true;
  }

  /** @returns all that waited; its places are free */
  withdrawAll(): T[] {
    const all: T[] = [];
    for (const [tenantId, { waiting, running }] of this.#tenants) {
      all.push(...waiting.splice(0));
      if (running === 0) this.#tenants.delete(tenantId);
    }
    this.#held -= all.length;
    return all;
  }

  /**
   * Takes a place from the tenant that holds most, what came last, if it keeps as many as it is taken for.
   * @returns whether there was one
   */
  #displace(held: number): boolean {
    let most: readonly [string, Tenant<T>] | undefined;
    for (const entry of this.#tenants) {
      const [, tenant] = entry;
      const isMore = heldBy(tenant) > (most === undefined ? held : heldBy(most[1]));
      if (tenant.waiting.length > 0 && isMore) most = entry;
    }
    if (most === undefined) return false;
    const work = most[1].waiting.pop();
    this.#leave(...most);
    if (work !== undefined) this.#options.onDisplaced(work);
    return true;
  }

  #leave(tenantId: string, { waiting, running }: Tenant<T>): void {
    this.#held -= 1;
    if (waiting.length === 0 && running === 0) this.#tenants.delete(tenantId);
  }
}

function heldBy({ waiting, running }: Tenant<unknown>): number {
  return waiting.length + running;
}
