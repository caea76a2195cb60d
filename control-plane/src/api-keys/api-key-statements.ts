import type { KeyUse, Operation } from '@px0/contract';
import type { Queries } from '../database/database.js';
import type { KeyCaller } from '../http/caller.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
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

/** A key, and the moment of its making as a cursor keeps it. */
type ApiKeyRow = ApiKey & { readonly moment: number };

/**
 * @param userId whose keys, and keys of whose teams, are listed; undefined lists all of the organization
 * @param slice its sort key is the key's moment of creation and id
 * @returns one more than the slice's limit where there are more, oldest first
 */
export function listApiKeys(
  queries: Queries,
  orgId: string,
  userId: string | undefined,
  { limit, after = [] }: Slice,
): Promise<ApiKeyRow[]> {
  const [createdAt, id] = after;
  return queries.query<ApiKeyRow>(
    `select id, name, org_id,
       case when cardinality(team_ids) = 1 then team_ids[1] end as team_id,
       team_ids, operation, created_at, last_used_at, ${microseconds('created_at')} as moment
     from (
       select api_keys.*, array(
         select team_id::text from api_key_teams where api_key_id = api_keys.id order by team_id
       ) as team_ids
       from api_keys
       where org_id = $1
         and ($2::uuid is null or created_by = $2 or exists (
           select from api_key_teams
           join team_members on team_members.team_id = api_key_teams.team_id
           where api_key_teams.api_key_id = api_keys.id and team_members.user_id = $2))
         and ($3::float8 is null or (created_at, id) > (${momentOf('$3')}, $4::uuid))
       order by created_at, id limit $5
     ) as keys
     order by created_at, id`,
    [orgId, userId, createdAt, id, limit + 1],
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

/** @returns whether there was such a key still */
export async function deleteApiKey(queries: Queries, keyId: string): Promise<boolean> {
  const gone = await queries.query('delete from api_keys where id = $1 returning id', [keyId]);
  return gone.length > 0;
}

/**
 * @param hash SHA-256 of the key's text, in hex
 * @returns the key as a caller
 */
export async function findKeyCaller(queries: Queries, hash: string): Promise<KeyCaller | undefined> {
  const [key] = await queries.query<Omit<KeyCaller, 'kind'>>(
    `select id, name, org_id, operation,
       case when all_teams then null else array(
         select teams.id::text from api_key_teams
         join teams on teams.id = api_key_teams.team_id
         -- A team that has moved to another organization is out of the key's reach.
         where api_key_teams.api_key_id = api_keys.id and teams.org_id = api_keys.org_id
       ) end as team_ids
     from api_keys where key_hash = decode($1, 'hex')`,
    [hash],
  );
  return key && { kind: 'key', ...key };
}

/**
 * Notes uses of keys, in one statement. A key that was noted within the minute before is left as it is,
 * and so is one that somebody else writes in this moment.
 *
 * @param uses each key once
 */
export async function markKeysUsed(queries: Queries, uses: readonly KeyUse[]): Promise<void> {
  await queries.query(
    `with used as (
       select id, to_timestamp(ms / 1000) as at from unnest($1::uuid[], $2::float8[]) as use (id, ms)
     ), due as (
       select api_keys.id, used.at from api_keys join used on used.id = api_keys.id
       where last_used_at is null or last_used_at <= used.at - interval '1 minute'
       order by api_keys.id
       for no key update of api_keys skip locked
     )
     update api_keys set last_used_at = due.at from due where due.id = api_keys.id`,
    [uses.map(({ id }) => id), uses.map(({ at }) => at)],
  );
}
