import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { reachOf } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { isId } from '../http/parameters.js';
import { reloadCaller } from '../organizations/caller-statements.js';
import {
  findPrompt,
  findPrompts,
  findPromptsBySlug,
  lockPrompt,
  type OwnedPrompt,
} from './prompt-statements.js';
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
    return (await this.byReferences([reference], access))(reference, teamId);
  }

  /**
   * Finds many prompts at once.
   * @returns what {@link byReference} would, of these references, and throws what it would
   */
  async byReferences(
    references: readonly string[],
    access: Access,
  ): Promise<(reference: string, teamId: string | undefined) => OwnedPrompt> {
    const ids = references.filter(isId);
    const slugs = references.filter((reference) => !isId(reference) && isSlug(reference));
    // Apart: what was found by its id may be out of the caller's reach, and is none that a slug may mean.
    const byId = ids.length === 0 ? [] : await findPrompts(this.#database, ids);
    const bySlug =
      slugs.length === 0 ? [] : await findPromptsBySlug(this.#database, slugs, reachOf(access.caller));
    return (reference, teamId) => {
      const candidates = isId(reference)
        ? byId.filter(({ prompt }) => prompt.id === reference.toLowerCase())
        : bySlug.filter(({ prompt }) => prompt.slug === reference);
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
    };
  }
}
