import type { Caller } from './caller.js';
import { Refusal } from './error-catalogue.js';
import { type Action, absenceOf, may, type Owner, type Relation, refusalOf, relationTo } from './policy.js';

/** One caller's way to ask the policy: about the action that the route names, or one that it names itself. */
export class Access {
  readonly caller: Caller;
  readonly #action: Action;

  constructor(caller: Caller, action: Action) {
    this.caller = caller;
    this.#action = action;
  }

  /**
   * @param owner who owns the thing; undefined for a thing that does not exist
   * @throws {Refusal} unless the caller may
   */
  demand(owner: Owner | undefined, action: Action = this.#action): asserts owner is Owner {
    this.demandAs(owner && relationTo(owner, this.caller), action);
  }

  /**
   * @returns the thing, for callers who may
   * @throws {Refusal} for others, and if there is no such thing
   */
  admit<Thing extends { readonly owner: Owner }>(thing: Thing | undefined): Thing {
    this.demand(thing?.owner);
    return thing as Thing;
  }

  /** Like {@link demand}, for things whose relation is known otherwise. */
  demandAs(relation: Relation | undefined, action: Action = this.#action): void {
    const code = relation === undefined ? absenceOf(action) : refusalOf(action, relation);
    if (code !== undefined) throw new Refusal(code);
  }

  /** @returns whether the caller may do something else beside what the route is about */
  allows(owner: Owner, action: Action): boolean {
    return may(action, relationTo(owner, this.caller));
  }
}
