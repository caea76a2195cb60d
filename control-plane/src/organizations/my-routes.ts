import Type from 'typebox';
import type { Database } from '../database/database.js';
import type { App } from '../http/app.js';
import { sessionUser } from '../http/caller.js';
import { answers } from '../http/openapi.js';
import { MyOrganization, Team } from './organization-schemas.js';
import { listOrganizationsOf } from './organization-statements.js';
import { listTeamsOf } from './team-statements.js';

const tags = ['organizations and teams'];

/** What a person belongs to. */
export function addMyRoutes(app: App, database: Database): void {
  app.get(
    '/v1/me/orgs',
    {
      config: { action: 'me.organizations' },
      schema: {
        operationId: 'listMyOrganizations',
        tags,
        summary: 'Organizations that I am a member of',
        response: answers({ 200: Type.Object({ organizations: Type.Array(MyOrganization) }) }, [
          'unauthorized',
          'forbidden',
        ]),
      },
    },
    async (request) => ({
      organizations: await listOrganizationsOf(database, sessionUser(request.access.caller).id),
    }),
  );

  app.get(
    '/v1/me/teams',
    {
      config: { action: 'me.teams' },
      schema: {
        operationId: 'listMyTeams',
        tags,
        summary: 'Teams that I am a member of',
        response: answers({ 200: Type.Object({ teams: Type.Array(Team) }) }, ['unauthorized', 'forbidden']),
      },
    },
    async (request) => ({ teams: await listTeamsOf(database, sessionUser(request.access.caller).id) }),
  );
}
