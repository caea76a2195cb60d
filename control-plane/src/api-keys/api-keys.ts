import { createApiKey, hashApiKey } from '@px0/contract';
import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { pageOf, sliceOf } from '../http/paging.js';
import { changeOrganization } from '../organizations/organization-lock.js';
import { findOrganization } from '../organizations/organization-statements.js';
import { findTeams } from '../organizations/team-statements.js';
import type { ApiKeyPage, ApiKeysQuery, NewApiKey } from './api-key-schemas.js';
import { deleteApiKey, findApiKeyOwner, insertApiKey, listApiKeys } from './api-key-statements.js';

/** Makes, lists and revokes the keys by which programs reach px0. */
export class ApiKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the key's text too, which nobody can ever read again */
  async create(wanted: NewApiKey, access: Access) {
    const user = sessionUser(access.caller);
    const operation = wanted.operation ?? 'read_render';
    const key = createApiKey();
    // Judged while the organization is held: whoever is put out of it meanwhile leaves no key behind.
    const made = await changeOrganization(
      this.#database,
      access,
      wanted.org_id,
      async (orgId, queries, present: Access) => {
        const teamIds = await teamsFor(queries, orgId, wanted.team_ids ?? [], present);
        if (operation === 'admin' || teamIds.length === 0) {
          present.demand({ org_id: orgId }, 'api_keys.create_unlimited');
        }
        return insertApiKey(queries, {
          orgId,
          createdBy: user.id,
          name: wanted.name,
          hash: Buffer.from(hashApiKey(key), 'hex'),
          operation,
          teamIds,
        });
      },
    );
    return { id: made.id, name: wanted.name, key, operation, created_at: made.created_at };
  }

  /** @returns one page, oldest first */
  async list({ org_id: orgId, ...page }: ApiKeysQuery, access: Access): Promise<ApiKeyPage> {
    const owner = await findOrganization(this.#database, orgId);
    access.demand(owner);
    const slice = sliceOf(page, ['time', 'id']);
    const everyKey = access.allows(owner, 'api_keys.list_all');
    const userId = everyKey ? undefined : sessionUser(access.caller).id;
    const rows = await listApiKeys(this.#database, owner.org_id, userId, slice);
    const { items, next_cursor } = pageOf(rows, slice.limit, (key) => [key.moment, key.id]);
    return { api_keys: items.map(({ moment: _, ...key }) => key), next_cursor };
  }

  /**
   * Ends a key in this moment; gateways hear of it within a moment.
   *
   * @throws {Refusal} unless the caller made it, or is org admin
   */
  async revoke(keyId: string, access: Access): Promise<void> {
    access.demand(await findApiKeyOwner(this.#database, keyId));
    const wasThere = await this.#database.change(access.author, (queries) => deleteApiKey(queries, keyId));
    if (!wasThere) throw new Refusal('api_key_not_found');
  }
}

/** @returns the ids of the teams as the database spells them, each once */
async function teamsFor(
  queries: Queries,
  orgId: string,
  teamIds: readonly string[],
  access: Access,
): Promise<string[]> {
  const wanted = new Set(teamIds.map((id) => id.toLowerCase()));
  const teams = (await findTeams(queries, [...wanted])).filter(({ org_id }) => org_id === orgId);
  if (teams.length < wanted.size) throw new Refusal('team_not_found');
  for (const team of teams) {
    access.demand({ org_id: team.org_id, team_id: team.id }, 'api_keys.create_for_team');
  }
  return teams.map(({ id }) => id);
}
