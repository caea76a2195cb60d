import type { Author } from '../database/author.js';
import type { Caller } from './caller.js';
import { Refusal } from './error-catalogue.js';
import { type Action, absenceOf, may, type Owner, refusalOf, relationTo } from './policy.js';

/** Where a request came from. */
export interface Origin {
  readonly ip: string;
  readonly user_agent: string | undefined;
  readonly request_id: string;
}

/** One caller's way to ask the policy: about the action that the route names, or one that it names itself. */
export class Access {
  readonly caller: Caller;
  readonly origin: Origin;
  readonly #action: Action;

  constructor(caller: Caller, action: Action, origin: Origin) {
    this.caller = caller;
    this.origin = origin;
    this.#action = action;
  }

  /** @returns the same request, asked again of what is known of its caller by now */
  as(caller: Caller): Access {
    return new Access(caller, this.#action, this.origin);
  }

  /** The caller, as the audit log tells who changed something. */
  get author(): Author {
    const { user_agent, ...origin } = this.origin;
    return {
      ...identityOf(this.caller),
      action: this.#action,
      ...origin,
      ...(user_agent !== undefined && { user_agent }),
    };
  }

  /**
   * @param owner who owns the thing; undefined for a thing that does not exist
   * @throws {Refusal} unless the caller may
   */
  demand(owner: Owner | undefined, action: Action = this.#action): asserts owner is Owner {
    const code = owner === undefined ? absenceOf(action) : refusalOf(action, relationTo(owner, this.caller));
    if (code !== undefined) throw new Refusal(code);
  }

  /**
   * @returns the thing, for callers who may
   * @throws {Refusal} for others, and if there is no such thing
   */
  admit<Thing extends { readonly owner: Owner }>(thing: Thing | undefined): Thing {
    this.demand(thing?.owner);
    return thing as Thing;
  }

  /** @returns whether the caller may do something else beside what the route is about */
  allows(owner: Owner, action: Action): boolean {
    return may(action, relationTo(owner, this.caller));
  }
}

function identityOf(caller: Caller): Author {
  switch (caller.kind) {
    case 'session':
      return { kind: 'user', id: caller.user.id, name: caller.user.email };
    case 'key':
      return { kind: 'key', id: caller.id, name: caller.name };
    case 'anonymous':
    case 'refused':
      return { kind: 'anonymous' };
  }
}
