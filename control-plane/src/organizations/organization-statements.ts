import type { Queries } from '../database/database.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
import type { Owner } from '../http/policy.js';
import { DEFAULT_TEAM } from './default-team.js';
import type { MyOrganization, Organization } from './organization-schemas.js';

const COLUMNS = 'id, name, created_at';

export async function insertOrganization(queries: Queries, name: string): Promise<Organization> {
  const [row] = await queries.query<Organization>(
    `insert into organizations (name) values ($1) returning ${COLUMNS}`,
    [name],
  );
  return row as Organization;
}

export async function renameOrganization(
  queries: Queries,
  orgId: string,
  name: string,
): Promise<Organization> {
  const [row] = await queries.query<Organization>(
    `update organizations set name = $2 where id = $1 returning ${COLUMNS}`,
    [orgId, name],
  );
  return row as Organization;
}

/**
 * Milliseconds for a statement that deletes all that an organization or a team holds: 200,000 versions
 * take some seconds. Less than a request waits for its answer.
 */
const DELETION_TIMEOUT = 35_000;

/** Gives the statements of a transaction the time that large deletions take. */
export async function allowForLargeDeletion(queries: Queries): Promise<void> {
  await queries.query(`set local statement_timeout = ${DELETION_TIMEOUT}`);
}

/** Deletes an organization with all that it holds. */
export async function deleteOrganization(queries: Queries, orgId: string): Promise<void> {
  await allowForLargeDeletion(queries);
  await queries.query('delete from organizations where id = $1', [orgId]);
}

/**
 * @param slice after the creation's microseconds and the id
 * @returns the organizations of which a user is a member of some team, oldest first
 */
export function listOrganizationsOf(
  queries: Queries,
  userId: string,
  { limit, after }: Slice,
): Promise<(MyOrganization & { moment: number })[]> {
  return queries.query<MyOrganization & { moment: number }>(
    `select organizations.id, organizations.name,
       case when bool_or(teams.name = '${DEFAULT_TEAM}' and team_members.role = 'admin')
         then 'ADMIN' else 'MEMBER' end as role,
       organizations.created_at, ${microseconds('organizations.created_at')} as moment
     from team_members
     join teams on teams.id = team_members.team_id
     join organizations on organizations.id = teams.org_id
     where team_members.user_id = $1
       and ($2::float8 is null or (organizations.created_at, organizations.id) > (${momentOf('$2')}, $3::uuid))
     group by organizations.id
     order by organizations.created_at, organizations.id
     limit $4`,
    [userId, after?.[0], after?.[1], limit + 1],
  );
}

/** @returns the organization, as the owner of what belongs to it */
export async function findOrganization(queries: Queries, orgId: string): Promise<Owner | undefined> {
  const [row] = await queries.query<Owner>('select id as org_id from organizations where id = $1', [orgId]);
  return row;
}
