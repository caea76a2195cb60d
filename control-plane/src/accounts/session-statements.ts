import type { Queries } from '../database/database.js';
import type { Membership, SessionCaller } from '../http/caller.js';
import type { User } from './account-schemas.js';

/** Starts a session, and clears away those of the user that are over. @returns when it ends */
export async function insertSession(
  queries: Queries,
  session: { tokenHash: Buffer; userId: string; hours: number },
): Promise<string> {
  await queries.query('delete from sessions where user_id = $1 and expires_at <= now()', [session.userId]);
  const [row] = await queries.query<{ expires_at: string }>(
    `insert into sessions (token_hash, user_id, expires_at)
     values ($1, $2, now() + make_interval(hours => $3)) returning expires_at`,
    [session.tokenHash, session.userId, session.hours],
  );
  return (row as { expires_at: string }).expires_at;
}

export async function deleteSession(queries: Queries, tokenHash: Buffer): Promise<void> {
  await queries.query('delete from sessions where token_hash = $1', [tokenHash]);
}

/** @returns who a living session belongs to, with all memberships, in one statement */
export async function findSession(queries: Queries, tokenHash: Buffer): Promise<SessionCaller | undefined> {
  const [row] = await queries.query<User & { memberships: Membership[] }>(
    `select users.id, users.email, users.is_verified, users.is_admin, users.created_at,
       coalesce(
         (select json_agg(json_build_object(
            'team_id', teams.id, 'org_id', teams.org_id, 'role', team_members.role,
            'is_default_team', teams.name = 'Default Team'))
          from team_members join teams on teams.id = team_members.team_id
          where team_members.user_id = users.id),
         '[]') as memberships
     from sessions join users on users.id = sessions.user_id
     where sessions.token_hash = $1 and sessions.expires_at > now()`,
    [tokenHash],
  );
  if (row === undefined) return undefined;
  const { memberships, ...user } = row;
  return { kind: 'session', user, memberships };
}
