import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { reachOf } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { isId } from '../http/parameters.js';
import { reloadCaller } from '../organizations/caller-statements.js';
import { findPrompt, findPromptsBySlug, lockPrompt, type OwnedPrompt } from './prompt-statements.js';
import { isSlug } from './slug.js';

/** Finds the prompt that a request is about, for callers who may do what its route is about. */
export class PromptLookup {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws {Refusal} if there is none, or the caller may not */
  async byId(promptId: string, access: Access): Promise<OwnedPrompt> {
    return access.admit(await findPrompt(this.#database, promptId));
  }

  /**
   * Keeps other changes of the prompt and of what belongs to it out until the transaction ends, and asks
   * again whether the caller may: the prompt may have moved, or the caller have lost a role, while this
   * waited. To be called after {@link byId}, so that nobody waits, or makes others wait, for a prompt
   * that is no business of theirs.
   *
   * @returns also the right to it as it is known by then
   * @throws {Refusal} also if the caller is gone
   */
  async locked(queries: Queries, promptId: string, access: Access): Promise<OwnedPrompt & { now: Access }> {
    const prompt = await lockPrompt(queries, promptId);
    const caller = await reloadCaller(queries, access.caller);
    if (caller.kind === 'refused') throw new Refusal('unauthorized');
    const now = access.as(caller);
    return { ...now.admit(prompt), now };
  }

  /**
   * @param reference an id, or a slug in one of the teams that the caller reaches
   * @param teamId picks one of several teams with the slug
   * @throws {Refusal} also if several teams have the slug and none is picked
   */
  async byReference(reference: string, teamId: string | undefined, access: Access): Promise<OwnedPrompt> {
    const candidates = await this.#candidates(reference, access);
    const picked =
      teamId === undefined
        ? candidates
        : candidates.filter(({ prompt }) => prompt.team_id === teamId.toLowerCase());
    if (picked.length > 1) {
      throw new Refusal('slug_ambiguous', {
        beside: { team_ids: picked.map(({ prompt }) => prompt.team_id) },
      });
    }
    return access.admit(picked[0]);
  }

  async #candidates(reference: string, access: Access): Promise<OwnedPrompt[]> {
    if (isId(reference)) {
      const found = await findPrompt(this.#database, reference);
      return found === undefined ? [] : [found];
    }
    return isSlug(reference) ? findPromptsBySlug(this.#database, reference, reachOf(access.caller)) : [];
  }
}
