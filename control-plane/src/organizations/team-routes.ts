import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import { ListQuery, OrganizationParams } from './organization-schemas.js';
import { NewTeam, TeamAnswer, TeamChange, TeamParams, TeamsAnswer } from './team-schemas.js';
import type { Teams } from './teams.js';

const tags = ['organizations and teams'];

/** The teams of an organization. */
export function addTeamRoutes(app: App, teams: Teams): void {
  app.post(
    '/v1/orgs/:orgId/teams',
    {
      config: { action: 'teams.create' },
      schema: {
        operationId: 'createTeam',
        tags,
        summary: 'Make a team',
        description:
          'The caller becomes its admin. A team made by a key has no members: the first one added becomes its admin.',
        params: OrganizationParams,
        body: NewTeam,
        response: answers({ 201: TeamAnswer }, [
          'invalid_id',
          'invalid_request_body',
          'name_required',
          'unauthorized',
          'forbidden',
          'organization_not_found',
          'team_exists',
        ]),
      },
    },
    async ({ params, body, access }, reply) =>
      reply.code(201).send({ team: await teams.create(params.orgId, body.name, access) }),
  );

  app.get(
    '/v1/orgs/:orgId/teams',
    {
      config: { action: 'teams.list' },
      schema: {
        operationId: 'listTeams',
        tags,
        summary: "List an organization's teams",
        description: 'By name.',
        params: OrganizationParams,
        querystring: ListQuery,
        response: answers({ 200: TeamsAnswer }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    async ({ params, query, access }) => {
      const { items, next_cursor } = await teams.list(params.orgId, sliceOf(query, ['text']), access);
      return { teams: items, next_cursor };
    },
  );

  app.put(
    '/v1/teams/:teamId',
    {
      config: { action: 'teams.update' },
      schema: {
        operationId: 'updateTeam',
        tags,
        summary: 'Rename or move a team',
        description:
          'org_id moves it, for callers who are org admins of both organizations. Its prompts, its members, who thereby belong to the other organization too, and requests to join it go along. Keys of the organization that it leaves no longer reach it, and those that were for it alone are deleted.',
        params: TeamParams,
        body: TeamChange,
        response: answers({ 200: TeamAnswer }, [
          'invalid_id',
          'invalid_request_body',
          'name_required',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'organization_not_found',
          'team_exists',
          'default_team_fixed',
        ]),
      },
    },
    async ({ params, body, access }) => ({ team: await teams.update(params.teamId, body, access) }),
  );

  app.delete(
    '/v1/teams/:teamId',
    {
      config: { action: 'teams.delete' },
      schema: {
        operationId: 'deleteTeam',
        tags,
        summary: 'Delete a team',
        description:
          'Its prompts go with it, and so do the keys that were for it alone; the gateways stop serving them.',
        params: TeamParams,
        response: answers({ 204: null }, [
          'invalid_id',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'default_team_not_deleted',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await teams.delete(params.teamId, access);
      return reply.code(204).send();
    },
  );
}
