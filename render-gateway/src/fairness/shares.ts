/** How many there are of something, and how many of them one tenant may have. */
export interface ShareBounds {
  readonly places: number;
  readonly share: number;
}

/** Places that tenants take and give back, none more than its share. */
export class Shares {
  readonly #bounds: ShareBounds;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(bounds: ShareBounds) {
    this.#bounds = bounds;
  }

  /** @returns whether there was a place for the tenant */
  take(tenantId: string): boolean {
    const taken = this.#taken.get(tenantId) ?? 0;
    if (this.#all >= this.#bounds.places || taken >= this.#bounds.share) return false;
    this.#all += 1;
    this.#taken.set(tenantId, taken + 1);
    return true;
  }

  /** Frees a place that was taken. */
  give(tenantId: string): void {
    const taken = this.#taken.get(tenantId) ?? 0;
    this.#all -= 1;
    if (taken > 1) this.#taken.set(tenantId, taken - 1);
    else this.#taken.delete(tenantId);
  }
}

/** @returns bounds of which a tenant may have half */
export function halfOf(places: number): ShareBounds {
  return { places, share: Math.max(1, Math.floor(places / 2)) };
}
