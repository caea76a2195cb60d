import type { Queries } from '../database/database.js';
import { DEFAULT_TEAM } from '../organizations/default-team.js';
import { allowForLargeDeletion } from '../organizations/organization-statements.js';

/** What goes with an account, and what stays in good hands. Organizations must be locked. */

/**
 * Locks a user against everything, becoming a member of something included.
 *
 * @returns false if there is no such user any more
 */
export async function lockUserForDeletion(queries: Queries, userId: string): Promise<boolean> {
  return (await queries.query('select from users where id = $1 for update', [userId])).length > 0;
}

/** @returns the organizations that a user belongs to */
export async function listOrganizationIdsOf(queries: Queries, userId: string): Promise<string[]> {
  const rows = await queries.query<{ org_id: string }>(
    `select distinct teams.org_id from team_members join teams on teams.id = team_members.team_id
     where team_members.user_id = $1`,
    [userId],
  );
  return rows.map(({ org_id }) => org_id);
}

/** Takes a user out of everything. By itself and not by cascade, so that the audit log tells it. */
export async function deleteAllMemberships(queries: Queries, userId: string): Promise<void> {
  await queries.query('delete from team_members where user_id = $1', [userId]);
}

/** Deletes those of these organizations that nobody belongs to. */
export async function deleteMemberless(queries: Queries, orgIds: readonly string[]): Promise<void> {
  await allowForLargeDeletion(queries);
  await queries.query(
    `delete from organizations where id = any($1::uuid[]) and not exists (
       select from team_members join teams on teams.id = team_members.team_id
       where teams.org_id = organizations.id)`,
    [orgIds],
  );
}

/**
 * Gives an organization that has members and no admin of its Default Team one: of those with the
 * highest role in any of its teams the one who has had a role there for longest.
 */
export async function appointSuccessor(queries: Queries, orgId: string): Promise<void> {
  // Somebody who is about to be deleted is passed over; waiting for them would be waiting for each other.
  const [successor] = await queries.query<{ team_id: string; user_id: string }>(
    `select default_team.id as team_id, users.id as user_id
     from teams as default_team
     join teams on teams.org_id = default_team.org_id
     join team_members on team_members.team_id = teams.id
     join users on users.id = team_members.user_id
     where default_team.org_id = $1 and default_team.name = '${DEFAULT_TEAM}'
       and not exists (
         select from team_members where team_id = default_team.id and role = 'admin')
     order by array_position(array['admin', 'editor', 'viewer'], team_members.role),
       team_members.created_at, users.id
     limit 1 for key share of users skip locked`,
    [orgId],
  );
  if (successor === undefined) return;
  await queries.query(
    `insert into team_members (team_id, user_id, role) values ($1, $2, 'admin')
     on conflict (team_id, user_id) do update set role = 'admin'`,
    [successor.team_id, successor.user_id],
  );
}

/** Deletes a user: sessions, codes and join requests go along. */
export async function deleteUser(queries: Queries, userId: string): Promise<void> {
  await queries.query('delete from users where id = $1', [userId]);
}
