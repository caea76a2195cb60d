import type { Queries } from '../database/database.js';
import type { TeamRole } from '../http/caller.js';
import type { Team } from './organization-schemas.js';

/** @returns the new team's id */
export async function insertTeam(queries: Queries, orgId: string, name: string): Promise<string> {
  const [row] = await queries.query<{ id: string }>(
    'insert into teams (org_id, name) values ($1, $2) returning id',
    [orgId, name],
  );
  return (row as { id: string }).id;
}

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

export async function findTeam(queries: Queries, teamId: string): Promise<Team | undefined> {
  const [row] = await queries.query<Team>('select id, org_id, name, created_at from teams where id = $1', [
    teamId,
  ]);
  return row;
}

/** @returns those of these teams that exist */
export function findTeams(queries: Queries, teamIds: readonly string[]): Promise<Team[]> {
  return queries.query<Team>(
    'select id, org_id, name, created_at from teams where id = any($1::uuid[]) order by id',
    [teamIds],
  );
}

/** @returns the teams that a user is a member of, oldest first */
export function listTeamsOf(queries: Queries, userId: string): Promise<Team[]> {
  return queries.query<Team>(
    `select teams.id, teams.org_id, teams.name, teams.created_at
     from team_members join teams on teams.id = team_members.team_id
     where team_members.user_id = $1
     order by teams.created_at, teams.id`,
    [userId],
  );
}
