import type { Queries } from '../database/database.js';
import type { TeamRole } from '../http/caller.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
import { allowForLargeDeletion } from './organization-statements.js';
import type { Team } from './team-schemas.js';

const COLUMNS = 'id, org_id, name, created_at';

/** @throws a unique violation if the organization has a team of that name, in whatever case */
export async function insertTeam(queries: Queries, orgId: string, name: string): Promise<Team> {
  const [row] = await queries.query<Team>(
    `insert into teams (org_id, name) values ($1, $2) returning ${COLUMNS}`,
    [orgId, name],
  );
  return row as Team;
}

/** @throws a unique violation if the user is a member already, a foreign key violation if either is gone */
export async function insertMember(
  queries: Queries,
  { teamId, userId, role }: { teamId: string; userId: string; role: TeamRole },
): Promise<void> {
  await queries.query('insert into team_members (team_id, user_id, role) values ($1, $2, $3)', [
    teamId,
    userId,
    role,
  ]);
}

/** @returns undefined if there is no such team */
export async function findTeam(queries: Queries, teamId: string): Promise<Team | undefined> {
  const [row] = await queries.query<Team>(`select ${COLUMNS} from teams where id = $1`, [teamId]);
  return row;
}

/** @returns those of these teams that exist */
export function findTeams(queries: Queries, teamIds: readonly string[]): Promise<Team[]> {
  return queries.query<Team>(`select ${COLUMNS} from teams where id = any($1::uuid[]) order by id`, [
    teamIds,
  ]);
}

/**
 * @param slice after the creation's microseconds and the id
 * @returns the teams that a user is a member of, oldest first
 */
export function listTeamsOf(
  queries: Queries,
  userId: string,
  { limit, after }: Slice,
): Promise<(Team & { moment: number })[]> {
  return queries.query<Team & { moment: number }>(
    `select teams.id, teams.org_id, teams.name, teams.created_at, ${microseconds('teams.created_at')} as moment
     from team_members join teams on teams.id = team_members.team_id
     where team_members.user_id = $1
       and ($2::float8 is null or (teams.created_at, teams.id) > (${momentOf('$2')}, $3::uuid))
     order by teams.created_at, teams.id
     limit $4`,
    [userId, after?.[0], after?.[1], limit + 1],
  );
}

/**
 * @param slice after a name
 * @returns an organization's teams by name, whatever its case
 */
export function listTeams(queries: Queries, orgId: string, { limit, after }: Slice): Promise<Team[]> {
  return queries.query<Team>(
    `select ${COLUMNS} from teams
     where org_id = $1 and ($2::text is null or lower(name) > lower($2))
     order by lower(name)
     limit $3`,
    [orgId, after?.[0], limit + 1],
  );
}

/**
 * Keeps a team from being named by keys, prompts and members that are just being made, until the
 * transaction ends.
 */
export async function lockTeam(queries: Queries, teamId: string): Promise<void> {
  await queries.query('select from teams where id = $1 for update', [teamId]);
}

/**
 * Takes a team out of the reach of the keys that name it. A key that names no other goes: it could do
 * nothing any more, and nothing can ever be added to it.
 */
export async function withdrawFromKeys(queries: Queries, teamId: string): Promise<void> {
  await queries.query(
    `delete from api_keys
     where id in (select api_key_id from api_key_teams where team_id = $1) and not exists (
       select from api_key_teams where api_key_id = api_keys.id and team_id <> $1)`,
    [teamId],
  );
  await queries.query('delete from api_key_teams where team_id = $1', [teamId]);
}

/** @throws a unique violation if the organization has another team of that name, in whatever case */
export async function updateTeam(
  queries: Queries,
  teamId: string,
  { name, orgId }: { name: string; orgId: string },
): Promise<Team> {
  const [row] = await queries.query<Team>(
    `update teams set name = $2, org_id = $3 where id = $1 returning ${COLUMNS}`,
    [teamId, name, orgId],
  );
  return row as Team;
}

/** Deletes a team with its prompts. */
export async function deleteTeam(queries: Queries, teamId: string): Promise<void> {
  await allowForLargeDeletion(queries);
  await queries.query('delete from teams where id = $1', [teamId]);
}
