import type { Queries } from '../database/database.js';
import type { Caller, KeyCaller, Membership, SessionCaller } from '../http/caller.js';
import { DEFAULT_TEAM } from './default-team.js';

/** @returns what a caller may reach by now; refused if the session, the user or the key is gone */
export async function reloadCaller(queries: Queries, caller: Caller): Promise<Caller> {
  switch (caller.kind) {
    case 'session': {
      const memberships = await listMemberships(queries, caller);
      return memberships === undefined ? { kind: 'refused' } : { ...caller, memberships };
    }
    case 'key': {
      const reach = await findReach(queries, caller.id);
      return reach === undefined ? { kind: 'refused' } : { ...caller, ...reach };
    }
    case 'anonymous':
    case 'refused':
      return caller;
  }
}

/** @returns undefined if the session has ended */
async function listMemberships(
  queries: Queries,
  { user, tokenHash }: SessionCaller,
): Promise<Membership[] | undefined> {
  const rows = await queries.query<{ [Field in keyof Membership]: Membership[Field] | null }>(
    `select teams.id as team_id, teams.org_id, team_members.role, teams.name = '${DEFAULT_TEAM}' as is_default_team
     from sessions
     join users on users.id = sessions.user_id
     left join team_members on team_members.user_id = users.id
     left join teams on teams.id = team_members.team_id
     where users.id = $1 and sessions.token_hash = $2 and sessions.expires_at > now()`,
    [user.id, tokenHash],
  );
  if (rows.length === 0) return undefined;
  return rows.filter((row): row is Membership => row.team_id !== null);
}

async function findReach(
  queries: Queries,
  keyId: string,
): Promise<Pick<KeyCaller, 'operation' | 'team_ids'> | undefined> {
  const [row] = await queries.query<Pick<KeyCaller, 'operation' | 'team_ids'>>(
    `select operation, case when all_teams then null else array(
       select teams.id::text from api_key_teams
       join teams on teams.id = api_key_teams.team_id
       where api_key_teams.api_key_id = api_keys.id and teams.org_id = api_keys.org_id
     ) end as team_ids
     from api_keys where id = $1`,
    [keyId],
  );
  return row;
}
