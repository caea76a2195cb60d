import { type Database, isForeignKeyViolation, isUniqueViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { findTeam } from '../organizations/team-statements.js';
import type { NewPrompt, Prompt } from './prompt-schemas.js';
import { insertPrompt, listPrompts } from './prompt-statements.js';
import { normalizeSlug } from './slug.js';

/** A team's prompts. */
export class Prompts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(teamId: string, wanted: NewPrompt, access: Access): Promise<Prompt> {
    const owner = await this.#teamOwner(teamId);
    access.demand(owner);
    const slug = normalizeSlug(wanted.slug || wanted.name);
    if (slug === undefined) throw new Refusal('invalid_slug');
    try {
      return await insertPrompt(this.#database, {
        teamId: owner.team_id,
        orgId: owner.org_id,
        slug,
        name: wanted.name,
        description: wanted.description ?? '',
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('prompt_exists');
      // The team was deleted a moment ago.
      if (isForeignKeyViolation(error)) throw new Refusal('forbidden');
      throw error;
    }
  }

  async list(teamId: string, status: Prompt['status'], access: Access): Promise<Prompt[]> {
    const owner = await this.#teamOwner(teamId);
    access.demand(owner);
    return listPrompts(this.#database, owner.team_id, status);
  }

  async #teamOwner(teamId: string): Promise<{ org_id: string; team_id: string } | undefined> {
    const team = await findTeam(this.#database, teamId);
    return team && { org_id: team.org_id, team_id: team.id };
  }
}
