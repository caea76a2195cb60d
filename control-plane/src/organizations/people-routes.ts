import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { PageQuery, peoplePage } from '../http/paging.js';
import { OrganizationMemberParams, PeopleAnswer } from './member-schemas.js';
import type { Members } from './members.js';
import { OrganizationParams } from './organization-schemas.js';

const tags = ['organizations and teams'];

/** The people of an organization. */
export function addPeopleRoutes(app: App, members: Members): void {
  app.get(
    '/v1/orgs/:orgId/people',
    {
      config: { action: 'organizations.people' },
      schema: {
        operationId: 'listPeople',
        tags,
        summary: 'List the people of an organization',
        description: 'By address.',
        params: OrganizationParams,
        querystring: PageQuery,
        response: answers({ 200: PeopleAnswer }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    async ({ params, query, access }) => {
      const page = peoplePage(query);
      const { people, total } = await members.people(params.orgId, page, access);
      return { people, ...page, total };
    },
  );

  app.delete(
    '/v1/orgs/:orgId/members/:userId',
    {
      config: { action: 'organizations.remove_member' },
      schema: {
        operationId: 'removePerson',
        tags,
        summary: 'Take a person out of an organization',
        description:
          'Removes the person from all teams of the organization, and rejects their pending requests to join one. The Default Team must keep an admin, other teams need not. What the person made stays, API keys included: it belongs to the organization.',
        params: OrganizationMemberParams,
        response: answers({ 204: null }, [
          'invalid_id',
          'unauthorized',
          'forbidden',
          'organization_not_found',
          'user_not_found',
          'last_team_admin',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await members.removePerson(params.orgId, params.userId, access);
      return reply.code(204).send();
    },
  );
}
