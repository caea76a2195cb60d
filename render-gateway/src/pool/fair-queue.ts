export interface FairQueueOptions {
  /** Of one tenant, and of all together: how much may wait and run. */
  readonly share: number;
  readonly places: number;
  /** How much of one tenant may run at once. */
  readonly running: number;
}

interface Tenant<T> {
  readonly waiting: T[];
  running: number;
}

/** Work of many tenants, taken from each in turn. None can fill all of the places, or of what runs. */
export class FairQueue<T> {
  readonly #options: FairQueueOptions;
  /** In the order of their turns. */
  readonly #tenants = new Map<string, Tenant<T>>();
  #held = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#held === 0;
  }

  /** @returns whether there was a place */
  add(tenantId: string, work: T): boolean {
    const tenant = this.#tenants.get(tenantId) ?? { waiting: [], running: 0 };
    const { share, places } = this.#options;
    if (this.#held >= places || tenant.waiting.length + tenant.running >= share) return false;
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

  #leave(tenantId: string, { waiting, running }: Tenant<T>): void {
    this.#held -= 1;
    if (waiting.length === 0 && running === 0) this.#tenants.delete(tenantId);
  }
}
