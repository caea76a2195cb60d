import { createApiKey, hashApiKey } from '@px0/contract';
import { type Database, isForeignKeyViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { relationTo } from '../http/policy.js';
import { findOrganization } from '../organizations/organization-statements.js';
import { findTeams } from '../organizations/team-statements.js';
import type { ApiKey, NewApiKey } from './api-key-schemas.js';
import { deleteApiKey, findApiKeyOwner, insertApiKey, listApiKeys } from './api-key-statements.js';

/** Makes, lists and revokes the keys by which programs reach px0. */
export class ApiKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the key's text too, which nobody can ever read again */
  async create(wanted: NewApiKey, access: Access) {
    const owner = await findOrganization(this.#database, wanted.org_id);
    access.demand(owner);
    const operation = wanted.operation ?? 'read_render';
    const teamIds = await this.#teamsFor(owner.org_id, wanted.team_ids ?? [], access);
    if (operation === 'admin' || teamIds.length === 0) access.demand(owner, 'api_keys.create_unlimited');
    const key = createApiKey();
    const made = await this.#insert({
      orgId: owner.org_id,
      createdBy: sessionUser(access.caller).id,
      name: wanted.name,
      hash: Buffer.from(hashApiKey(key), 'hex'),
      operation,
      teamIds,
    });
    return { id: made.id, name: wanted.name, key, operation, created_at: made.created_at };
  }

  async list(orgId: string, access: Access): Promise<ApiKey[]> {
    const owner = await findOrganization(this.#database, orgId);
    access.demand(owner);
    const everyKey = access.allows(owner, 'api_keys.list_all');
    return listApiKeys(this.#database, owner.org_id, everyKey ? undefined : sessionUser(access.caller).id);
  }

  async revoke(keyId: string, access: Access): Promise<void> {
    const key = await findApiKeyOwner(this.#database, keyId);
    const relation = key && relationTo({ org_id: key.org_id }, access.caller);
    const isCreator = key?.created_by === sessionUser(access.caller).id;
    access.demandAs(relation === 'org_member' && isCreator ? 'creator' : relation);
    await deleteApiKey(this.#database, keyId);
  }

  /** @returns the ids of the teams as the database spells them, each once */
  async #teamsFor(orgId: string, teamIds: readonly string[], access: Access): Promise<string[]> {
    const wanted = new Set(teamIds.map((id) => id.toLowerCase()));
    const teams = (await findTeams(this.#database, [...wanted])).filter(({ org_id }) => org_id === orgId);
    if (teams.length < wanted.size) throw new Refusal('team_not_found');
    for (const team of teams) {
      access.demand({ org_id: team.org_id, team_id: team.id }, 'api_keys.create_for_team');
    }
    return teams.map(({ id }) => id);
  }

  async #insert(key: Parameters<typeof insertApiKey>[1]): Promise<{ id: string; created_at: string }> {
    try {
      return await this.#database.transaction((queries) => insertApiKey(queries, key));
    } catch (error) {
      // A team, or all of the organization, was deleted a moment ago.
      if (isForeignKeyViolation(error)) throw new Refusal('team_not_found');
      throw error;
    }
  }
}
