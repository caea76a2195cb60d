import type { User } from '../accounts/account-schemas.js';
import type { Queries } from '../database/database.js';
import type { TeamRole } from '../http/caller.js';
import { DEFAULT_TEAM } from './default-team.js';
import type { Member } from './member-schemas.js';

/*
 * Who is meant is collected in arrays, and then looked up person by person in the index: how long that
 * takes depends on the size of the crowd, and never on how many users there are beside it.
 */

/** The users of an organization: the members of its teams. $1 is the organization. */
const USER_IDS = `select distinct user_id from team_members
  where team_id = any(array(select id from teams where org_id = $1))`;

/** @returns the people of an organization by address, whatever its case */
export function listPeople(
  queries: Queries,
  orgId: string,
  { page, limit }: { page: number; limit: number },
): Promise<User[]> {
  return queries.query<User>(
    `select id, email, is_verified, is_admin, created_at from users
     where id = any(array(${USER_IDS}))
     order by lower(email), id
     limit $2 offset ($3::bigint - 1) * $2`,
    [orgId, limit, page],
  );
}

/** @returns how many users an organization has; each counts once, whatever the number of their teams */
export async function countPeople(queries: Queries, orgId: string): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `select count(*)::integer as count from (${USER_IDS}) as people`,
    [orgId],
  );
  return row?.count ?? 0;
}

/** @returns the members of a team by address, whatever its case */
export function listMembers(
  queries: Queries,
  teamId: string,
  { page, limit }: { page: number; limit: number },
): Promise<Member[]> {
  return queries.query<Member>(
    `select shown.id as user_id, shown.email, team_members.role, team_members.created_at
     from (
       select id, email from users
       where id = any(array(select user_id from team_members where team_id = any(array(select $1::uuid))))
       order by lower(email), id
       limit $2 offset ($3::bigint - 1) * $2
     ) as shown
     join team_members on team_members.team_id = $1 and team_members.user_id = shown.id
     order by lower(shown.email), shown.id`,
    [teamId, limit, page],
  );
}

/** @returns how many members a team has; 0 for a team that is not there */
export async function countMembers(queries: Queries, teamId: string): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    'select count(*)::integer as count from team_members where team_id = any(array(select $1::uuid))',
    [teamId],
  );
  return row?.count ?? 0;
}

/** @returns a member's role; undefined for who is none */
export async function findRole(
  queries: Queries,
  teamId: string,
  userId: string,
): Promise<TeamRole | undefined> {
  const [row] = await queries.query<{ role: TeamRole }>(
    'select role from team_members where team_id = $1 and user_id = $2',
    [teamId, userId],
  );
  return row?.role;
}

/** @returns whether a team has an admin beside this one */
export async function hasOtherAdmin(queries: Queries, teamId: string, userId: string): Promise<boolean> {
  const [row] = await queries.query<{ found: boolean }>(
    `select exists (
       select from team_members where team_id = $1 and role = 'admin' and user_id <> $2) as found`,
    [teamId, userId],
  );
  return row?.found ?? false;
}

/** @returns whether a user is a member of some team of one of these organizations */
export async function isInOrganization(
  queries: Queries,
  orgIds: readonly string[],
  userId: string,
): Promise<boolean> {
  const [row] = await queries.query<{ found: boolean }>(
    `select exists (
       select from team_members join teams on teams.id = team_members.team_id
       where team_members.user_id = $2 and teams.org_id = any($1::uuid[])) as found`,
    [orgIds, userId],
  );
  return row?.found ?? false;
}

/** @returns the organization's Default Team, if the user is an admin of it */
export async function findAdministeredDefaultTeam(
  queries: Queries,
  orgId: string,
  userId: string,
): Promise<string | undefined> {
  const [row] = await queries.query<{ team_id: string }>(
    `select teams.id as team_id from team_members join teams on teams.id = team_members.team_id
     where team_members.user_id = $2 and team_members.role = 'admin'
       and teams.org_id = $1 and teams.name = '${DEFAULT_TEAM}'`,
    [orgId, userId],
  );
  return row?.team_id;
}

/** Makes a user an editor of a team, or its admin if it has no member yet. A member's role stays. */
export async function addMember(queries: Queries, teamId: string, userId: string): Promise<void> {
  await queries.query(
    `insert into team_members (team_id, user_id, role)
     select $1, $2, case when exists (select from team_members where team_id = $1) then 'editor' else 'admin' end
     on conflict do nothing`,
    [teamId, userId],
  );
}

/** Makes a user a viewer of a team. A member's role stays. */
export async function addViewer(queries: Queries, teamId: string, userId: string): Promise<void> {
  await queries.query(
    `insert into team_members (team_id, user_id, role) values ($1, $2, 'viewer') on conflict do nothing`,
    [teamId, userId],
  );
}

/** Gives a member another role; nothing happens to a user who is none. */
export async function setRole(
  queries: Queries,
  { teamId, userId, role }: { teamId: string; userId: string; role: TeamRole },
): Promise<void> {
  await queries.query('update team_members set role = $3 where team_id = $1 and user_id = $2', [
    teamId,
    userId,
    role,
  ]);
}

/** Takes a user out of a team, if they are in it. */
export async function deleteMember(queries: Queries, teamId: string, userId: string): Promise<void> {
  await queries.query('delete from team_members where team_id = $1 and user_id = $2', [teamId, userId]);
}

/** Takes a user out of all teams of an organization. */
export async function deleteMemberships(queries: Queries, orgId: string, userId: string): Promise<void> {
  await queries.query(
    `delete from team_members using teams
     where teams.id = team_members.team_id and teams.org_id = $1 and team_members.user_id = $2`,
    [orgId, userId],
  );
}
