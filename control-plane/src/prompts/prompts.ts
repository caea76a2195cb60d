import { type Database, isForeignKeyViolation, isUniqueViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { heavyPageOf } from '../http/heavy-pages.js';
import type { ListPage, Slice } from '../http/paging.js';
import { findTeam } from '../organizations/team-statements.js';
import type { PromptLookup } from './prompt-lookup.js';
import type { NewPrompt, Prompt } from './prompt-schemas.js';
import {
  holdTeam,
  insertPrompt,
  listPrompts,
  type PromptFilter,
  setDescription,
  setPromptStatus,
  setPromptTeam,
  type TeamOwner,
} from './prompt-statements.js';
import { normalizeSlug } from './slug.js';

/** Teams' prompts. Methods refuse with {@link Refusal}, in the words of the contract. */
export class Prompts {
  readonly #database: Database;
  readonly #lookup: PromptLookup;

  constructor(database: Database, lookup: PromptLookup) {
    this.#database = database;
    this.#lookup = lookup;
  }

  async create(teamId: string, wanted: NewPrompt, access: Access): Promise<Prompt> {
    const owner = await this.#teamOwner(teamId);
    access.demand(owner);
    const slug = normalizeSlug(wanted.slug || wanted.name);
    if (slug === undefined) throw new Refusal('invalid_slug');
    try {
      return await this.#database.change(access.author, (queries) =>
        insertPrompt(queries, {
          teamId: owner.team_id,
          orgId: owner.org_id,
          slug,
          name: wanted.name,
          description: wanted.description ?? '',
        }),
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('prompt_exists');
      // The team was deleted, or went to another organization, a moment ago.
      if (isForeignKeyViolation(error)) throw new Refusal('forbidden');
      throw error;
    }
  }

  async list(teamId: string, filter: PromptFilter, slice: Slice, access: Access): Promise<ListPage<Prompt>> {
    const owner = await this.#teamOwner(teamId);
    access.demand(owner);
    const rows = await listPrompts(this.#database, owner.team_id, filter, slice);
    return heavyPageOf<Prompt>(rows, slice, ({ slug }) => [slug]);
  }

  async describe(promptId: string, description: string, access: Access): Promise<Prompt> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return this.#database.change(access.author, async (queries) => {
      await this.#lookup.locked(queries, prompt.id, access);
      return setDescription(queries, prompt.id, description);
    });
  }

  /** Archives or restores; one that is so already stays as it is. */
  async setStatus(promptId: string, status: Prompt['status'], access: Access): Promise<Prompt> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return this.#database.change(access.author, async (queries) => {
      const locked = await this.#lookup.locked(queries, prompt.id, access);
      return locked.prompt.status === status ? locked.prompt : setPromptStatus(queries, prompt.id, status);
    });
  }

  /** Gives a prompt, with all that belongs to it, to another team, of another organization perhaps. */
  async move(promptId: string, targetTeamId: string, access: Access): Promise<Prompt> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    access.demand(await this.#teamOwner(targetTeamId), 'prompts.move_to');
    try {
      return await this.#database.change(access.author, async (queries) => {
        const target = await holdTeam(queries, targetTeamId);
        const locked = await this.#lookup.locked(queries, prompt.id, access);
        const now: Access = locked.now;
        now.demand(target, 'prompts.move_to');
        return locked.prompt.team_id === target.team_id
          ? locked.prompt
          : setPromptTeam(queries, prompt.id, target);
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('prompt_exists');
      throw error;
    }
  }

  async #teamOwner(teamId: string): Promise<TeamOwner | undefined> {
    const team = await findTeam(this.#database, teamId);
    return team && { org_id: team.org_id, team_id: team.id };
  }
}
