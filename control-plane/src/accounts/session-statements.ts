import type { Queries } from '../database/database.js';
import type { Membership, SessionCaller } from '../http/caller.js';
import { DEFAULT_TEAM } from '../organizations/default-team.js';
import type { User } from './account-schemas.js';

/**
 * Starts a session, and clears away those of the user that are over. The user's row is read under a
 * lock: a session begun while the password changes, or the address, either is not begun or is there
 * for the change to end.
 *
 * @param session.passwordHash what the password was compared with
 * @returns when it ends; undefined if the password or the address has changed since
 */
export async function insertSession(
  queries: Queries,
  session: { tokenHash: Buffer; userId: string; passwordHash: string; hours: number },
): Promise<string | undefined> {
  await queries.query('delete from sessions where user_id = $1 and expires_at <= now()', [session.userId]);
  const [row] = await queries.query<{ expires_at: string }>(
    `insert into sessions (token_hash, user_id, expires_at)
     select $1, id, now() + make_interval(hours => $4) from users
     where id = $2 and password_hash = $3 and is_verified for share
     returning expires_at`,
    [session.tokenHash, session.userId, session.passwordHash, session.hours],
  );
  return row?.expires_at;
}

/** Ends all sessions of a user, but for one that is to stay. */
export async function deleteSessionsOf(queries: Queries, userId: string, staying?: Buffer): Promise<void> {
  await queries.query('delete from sessions where user_id = $1 and ($2::bytea is null or token_hash <> $2)', [
    userId,
    staying ?? null,
  ]);
}

export async function deleteSession(queries: Queries, tokenHash: Buffer): Promise<void> {
  await queries.query('delete from sessions where token_hash = $1', [tokenHash]);
}

/** @returns whether a session lives, which it does until the transaction ends where its user is locked */
export async function isSessionAlive(queries: Queries, tokenHash: Buffer): Promise<boolean> {
  const rows = await queries.query('select from sessions where token_hash = $1 and expires_at > now()', [
    tokenHash,
  ]);
  return rows.length > 0;
}

/** @returns who a living session belongs to, with all memberships, in one statement */
export async function findSession(queries: Queries, tokenHash: Buffer): Promise<SessionCaller | undefined> {
  const [row] = await queries.query<User & { memberships: Membership[] }>(
    `select users.id, users.email, users.is_verified, users.is_admin, users.created_at,
       coalesce(
         (select json_agg(json_build_object(
            'team_id', teams.id, 'org_id', teams.org_id, 'role', team_members.role,
            'is_default_team', teams.name = '${DEFAULT_TEAM}'))
          from team_members join teams on teams.id = team_members.team_id
          where team_members.user_id = users.id),
         '[]') as memberships
     from sessions join users on users.id = sessions.user_id
     where sessions.token_hash = $1 and sessions.expires_at > now()`,
    [tokenHash],
  );
  if (row === undefined) return undefined;
  const { memberships, ...user } = row;
  return { kind: 'session', user, tokenHash, memberships };
}
