interface Declaration {
  readonly name: string;
  readonly slot: number;
  /** Stands in an argument that `and` or `or` may not get to. */
  isConditional: boolean;
}

/** Where a variable may be: the first of the slots that is set holds it; none if undefined. */
interface Place {
  readonly slots: readonly number[];
  readonly isCertain: boolean;
}

/**
 * Which variables are in sight at a point of the template, and in which slots they live.
 *
 * Go keeps variables on a stack and looks them up by name at run time; a slot per depth of that stack
 * comes to the same, except for declarations that may be skipped. Those are tried in turn. A variable
 * that a list declares again takes the slot that it has: the earlier one is out of sight until the list
 * ends, and a name then has no more slots than there are lists around it.
 */
export class Scope {
  private readonly declarations: Declaration[] = [];
  /** By name, the innermost last. */
  private readonly byName = new Map<string, Declaration[]>();
  /** What looking a name up gave, until that changes. */
  private readonly places = new Map<string, Place>();
  /** Where the declarations of the list at hand start. */
  private start = 0;
  private conditionalSlots: number[] | undefined;

  constructor() {
    this.declare('$');
  }

  declare(name: string): number {
    const ofName = this.declarationsOf(name);
    const latest = ofName.at(-1);
    const isConditional = this.conditionalSlots !== undefined;
    if (latest !== undefined && latest.slot >= this.start) {
      if (!isConditional && latest.isConditional) {
        latest.isConditional = false;
        this.places.delete(name);
      }
      return latest.slot;
    }
    const declaration = { name, slot: this.declarations.length, isConditional };
    this.declarations.push(declaration);
    ofName.push(declaration);
    this.places.delete(name);
    this.conditionalSlots?.push(declaration.slot);
    return declaration.slot;
  }

  /** @returns a slot of no name, for what a statement keeps */
  reserve(): number {
    return this.declarations.push({ name: '', slot: this.declarations.length, isConditional: false }) - 1;
  }

  /** @returns what `build` returns; what it declared is out of sight again */
  enclosed<T>(build: () => T): T {
    const { start } = this;
    this.start = this.declarations.length;
    const built = build();
    for (const { name } of this.declarations.splice(this.start)) {
      this.byName.get(name)?.pop();
      this.places.delete(name);
    }
    this.start = start;
    return built;
  }

  /** @returns what `build` returns, and the slots of its declarations, which may stay unset at run time */
  conditional<T>(build: () => T): { built: T; slots: readonly number[] } {
    const outer = this.conditionalSlots;
    const slots: number[] = [];
    this.conditionalSlots = slots;
    const built = build();
    this.conditionalSlots = outer;
    for (const slot of slots) outer?.push(slot);
    return { built, slots };
  }

  lookUp(name: string): Place {
    const known = this.places.get(name);
    if (known !== undefined) return known;
    const slots: number[] = [];
    let isCertain = false;
    const ofName = this.declarationsOf(name);
    for (let i = ofName.length - 1; i >= 0 && !isCertain; i--) {
      const declaration = ofName[i];
      if (declaration === undefined) break;
      slots.push(declaration.slot);
      isCertain = !declaration.isConditional;
    }
    const place = { slots, isCertain };
    this.places.set(name, place);
    return place;
  }

  private declarationsOf(name: string): Declaration[] {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const none: Declaration[] = [];
    this.byName.set(name, none);
    return none;
  }
}
