interface Declaration {
  readonly name: string;
  readonly slot: number;
  /** Stands in an argument that `and` or `or` may not get to. */
  readonly isConditional: boolean;
}

/**
 * Which variables are in sight at a point of the template, and in which slots they live.
 *
 * Go keeps variables on a stack and looks them up by name at run time; a slot per depth of that stack
 * comes to the same, except for declarations that may be skipped. Those are tried in turn.
 */
export class Scope {
  private readonly declarations: Declaration[] = [{ name: '$', slot: 0, isConditional: false }];
  private conditionalSlots: number[] | undefined;

  declare(name: string): number {
    const slot = this.declarations.length;
    this.declarations.push({ name, slot, isConditional: this.conditionalSlots !== undefined });
    this.conditionalSlots?.push(slot);
    return slot;
  }

  /** @returns a slot of no name, for what a statement keeps */
  reserve(): number {
    return this.declarations.push({ name: '', slot: this.declarations.length, isConditional: false }) - 1;
  }

  /** @returns what `build` returns; what it declared is out of sight again */
  enclosed<T>(build: () => T): T {
    const depth = this.declarations.length;
    const built = build();
    this.declarations.length = depth;
    return built;
  }

  /** @returns what `build` returns, and the slots of its declarations, which may stay unset at run time */
  conditional<T>(build: () => T): { built: T; slots: readonly number[] } {
    const outer = this.conditionalSlots;
    const slots: number[] = [];
    this.conditionalSlots = slots;
    const built = build();
    this.conditionalSlots = outer;
    outer?.push(...slots);
    return { built, slots };
  }

  /** @returns the slots that may hold the variable: the first that is set does; none if undefined */
  lookUp(name: string): { slots: readonly number[]; isCertain: boolean } {
    const slots: number[] = [];
    for (let i = this.declarations.length - 1; i >= 0; i--) {
      const declaration = this.declarations[i];
      if (declaration?.name !== name) continue;
      slots.push(declaration.slot);
      if (!declaration.isConditional) return { slots, isCertain: true };
    }
    return { slots, isCertain: false };
  }
}
