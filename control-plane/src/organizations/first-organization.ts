import type { Queries } from '../database/database.js';
import { DEFAULT_TEAM } from './default-team.js';
import type { Organization } from './organization-schemas.js';
import { insertOrganization } from './organization-statements.js';
import { insertMember, insertTeam } from './team-statements.js';

/** Gives a new user an organization of its own, with its Default Team, whose admin the user is. */
export async function foundFirstOrganization(queries: Queries, userId: string): Promise<void> {
  await foundOrganization(queries, 'Default Org', userId);
}

/** Makes an organization with its Default Team, whose admin its founder is. */
export async function foundOrganization(
  queries: Queries,
  name: string,
  founderId: string,
): Promise<Organization> {
  const organization = await insertOrganization(queries, name);
  const team = await insertTeam(queries, organization.id, DEFAULT_TEAM);
  await insertMember(queries, { teamId: team.id, userId: founderId, role: 'admin' });
  return organization;
}
