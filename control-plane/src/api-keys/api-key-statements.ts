import type { Operation } from '@px0/contract';
import type { Queries } from '../database/database.js';
import type { KeyCaller } from '../http/caller.js';
import type { ApiKey } from './api-key-schemas.js';

/** @param teamIds empty: all teams of the organization */
export async function insertApiKey(
  queries: Queries,
  key: {
    orgId: string;
    createdBy: string;
    name: string;
    hash: Buffer;
    operation: Operation;
    teamIds: readonly string[];
  },
): Promise<{ id: string; created_at: string }> {
  const [row] = await queries.query<{ id: string; created_at: string }>(
    `insert into api_keys (org_id, created_by, name, key_hash, operation, all_teams)
     values ($1, $2, $3, $4, $5, $6) returning id, created_at`,
    [key.orgId, key.createdBy, key.name, key.hash, key.operation, key.teamIds.length === 0],
  );
  const made = row as { id: string; created_at: string };
  await queries.query('insert into api_key_teams (api_key_id, team_id) select $1, unnest($2::uuid[])', [
    made.id,
    key.teamIds,
  ]);
  return made;
}

/**
 * @param userId whose keys, and keys of whose teams, are listed; undefined lists all of the organization
 * @returns oldest first
 */
export function listApiKeys(queries: Queries, orgId: string, userId: string | undefined): Promise<ApiKey[]> {
  return queries.query<ApiKey>(
    `select id, name, org_id,
       case when cardinality(team_ids) = 1 then team_ids[1] end as team_id,
       team_ids, operation, created_at, last_used_at
     from (
       select api_keys.*, array(
         select team_id::text from api_key_teams where api_key_id = api_keys.id order by team_id
       ) as team_ids
       from api_keys where org_id = $1
     ) as keys
     where $2::uuid is null or created_by = $2 or exists (
       select from api_key_teams
       join team_members on team_members.team_id = api_key_teams.team_id
       where api_key_teams.api_key_id = keys.id and team_members.user_id = $2)
     order by created_at, id`,
    [orgId, userId ?? null],
  );
}

export async function findApiKeyOwner(
  queries: Queries,
  keyId: string,
): Promise<{ org_id: string; created_by: string | null } | undefined> {
  const [row] = await queries.query<{ org_id: string; created_by: string | null }>(
    'select org_id, created_by from api_keys where id = $1',
    [keyId],
  );
  return row;
}

export async function deleteApiKey(queries: Queries, keyId: string): Promise<void> {
  await queries.query('delete from api_keys where id = $1', [keyId]);
}

/**
 * @param hash SHA-256 of the key's text, in hex
 * @returns the key as a caller, and whether its `last_used_at` is a minute old
 */
export async function findKeyCaller(
  queries: Queries,
  hash: string,
): Promise<{ caller: KeyCaller; isUseStale: boolean } | undefined> {
  const [row] = await queries.query<Omit<KeyCaller, 'kind'> & { is_use_stale: boolean }>(
    `select id, name, org_id, operation,
       case when all_teams then null else array(
         select teams.id::text from api_key_teams
         join teams on teams.id = api_key_teams.team_id
         -- A team that has moved to another organization is out of the key's reach.
         where api_key_teams.api_key_id = api_keys.id and teams.org_id = api_keys.org_id
       ) end as team_ids,
       coalesce(last_used_at < now() - interval '1 minute', true) as is_use_stale
     from api_keys where key_hash = decode($1, 'hex')`,
    [hash],
  );
  if (row === undefined) return undefined;
  const { is_use_stale: isUseStale, ...key } = row;
  return { caller: { kind: 'key', ...key }, isUseStale };
}

/** Notes that a key is in use, once a minute at most, however many requests ask for it. */
export async function touchApiKey(queries: Queries, keyId: string): Promise<void> {
  await queries.query(
    `update api_keys set last_used_at = now()
     where id = $1 and coalesce(last_used_at < now() - interval '1 minute', true)`,
    [keyId],
  );
}
