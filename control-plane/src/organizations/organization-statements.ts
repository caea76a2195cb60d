import type { Queries } from '../database/database.js';
import type { Owner } from '../http/policy.js';
import type { MyOrganization } from './organization-schemas.js';

/** @returns the new organization's id */
export async function insertOrganization(queries: Queries, name: string): Promise<string> {
  const [row] = await queries.query<{ id: string }>(
    'insert into organizations (name) values ($1) returning id',
    [name],
  );
  return (row as { id: string }).id;
}

/** @returns the organizations of which a user is a member of some team, oldest first */
export function listOrganizationsOf(queries: Queries, userId: string): Promise<MyOrganization[]> {
  return queries.query<MyOrganization>(
    `select organizations.id, organizations.name,
       case when bool_or(teams.name = 'Default Team' and team_members.role = 'admin')
         then 'ADMIN' else 'MEMBER' end as role,
       organizations.created_at
     from team_members
     join teams on teams.id = team_members.team_id
     join organizations on organizations.id = teams.org_id
     where team_members.user_id = $1
     group by organizations.id
     order by organizations.created_at, organizations.id`,
    [userId],
  );
}

/** @returns the organization, as the owner of what belongs to it */
export async function findOrganization(queries: Queries, orgId: string): Promise<Owner | undefined> {
  const [row] = await queries.query<Owner>('select id as org_id from organizations where id = $1', [orgId]);
  return row;
}
