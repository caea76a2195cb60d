import type { Queries } from '../database/database.js';
import { insertOrganization } from './organization-statements.js';
import { insertMember, insertTeam } from './team-statements.js';

/** Gives a new user an organization of its own, with its Default Team, whose admin the user is. */
export async function foundFirstOrganization(queries: Queries, userId: string): Promise<void> {
  const orgId = await insertOrganization(queries, 'Default Org');
  const teamId = await insertTeam(queries, orgId, 'Default Team');
  await insertMember(queries, { teamId, userId, role: 'admin' });
}
