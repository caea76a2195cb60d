import type { App } from '../http/app.js';
import { sessionUser } from '../http/caller.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import type { Members } from './members.js';
import { ListQuery, MyOrganizationsAnswer } from './organization-schemas.js';
import type { Organizations } from './organizations.js';
import { TeamParams, TeamsAnswer } from './team-schemas.js';
import type { Teams } from './teams.js';

const tags = ['organizations and teams'];

interface MyServices {
  readonly organizations: Organizations;
  readonly teams: Teams;
  readonly members: Members;
}

/** What a person belongs to. */
export function addMyRoutes(app: App, { organizations, teams, members }: MyServices): void {
  app.get(
    '/v1/me/orgs',
    {
      config: { action: 'me.organizations' },
      schema: {
        operationId: 'listMyOrganizations',
        tags,
        summary: 'Organizations that I am a member of',
        description: 'Oldest first. role is ADMIN for the admins of its Default Team.',
        querystring: ListQuery,
        response: answers({ 200: MyOrganizationsAnswer }, ['invalid_query', 'unauthorized', 'forbidden']),
      },
    },
    async ({ query, access }) => {
      const slice = sliceOf(query, ['time', 'id']);
      const { items, next_cursor } = await organizations.listOf(sessionUser(access.caller), slice);
      return { organizations: items, next_cursor };
    },
  );

  app.get(
    '/v1/me/teams',
    {
      config: { action: 'me.teams' },
      schema: {
        operationId: 'listMyTeams',
        tags,
        summary: 'Teams that I am a member of',
        description: 'Oldest first.',
        querystring: ListQuery,
        response: answers({ 200: TeamsAnswer }, ['invalid_query', 'unauthorized', 'forbidden']),
      },
    },
    async ({ query, access }) => {
      const slice = sliceOf(query, ['time', 'id']);
      const { items, next_cursor } = await teams.listOf(sessionUser(access.caller), slice);
      return { teams: items, next_cursor };
    },
  );

  app.delete(
    '/v1/me/teams/:teamId',
    {
      config: { action: 'me.leave_team' },
      schema: {
        operationId: 'leaveTeam',
        tags,
        summary: 'Leave a team',
        description:
          'The only admin of a team cannot leave it, even as its only member; they can delete the team instead, unless it is the Default Team.',
        params: TeamParams,
        response: answers({ 204: null }, [
          'invalid_id',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'last_team_admin',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await members.leave(params.teamId, access);
      return reply.code(204).send();
    },
  );
}
