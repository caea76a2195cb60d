import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { NewOrganization, OrganizationAnswer, OrganizationParams } from './organization-schemas.js';
import type { Organizations } from './organizations.js';

const tags = ['organizations and teams'];

/** Organizations themselves: made, renamed, deleted. */
export function addOrganizationRoutes(app: App, organizations: Organizations): void {
  app.post(
    '/v1/orgs',
    {
      config: { action: 'organizations.create' },
      schema: {
        operationId: 'createOrganization',
        tags,
        summary: 'Make an organization',
        description:
          'Only for users with is_admin. The organization comes with a Default Team, of which the caller is admin.',
        body: NewOrganization,
        response: answers({ 201: OrganizationAnswer }, [
          'invalid_request_body',
          'name_required',
          'unauthorized',
          'forbidden',
        ]),
      },
    },
    async ({ body, access }, reply) =>
      reply.code(201).send({ org: await organizations.create(body.name, access) }),
  );

  app.put(
    '/v1/orgs/:orgId',
    {
      config: { action: 'organizations.update' },
      schema: {
        operationId: 'renameOrganization',
        tags,
        summary: 'Rename an organization',
        params: OrganizationParams,
        body: NewOrganization,
        response: answers({ 200: OrganizationAnswer }, [
          'invalid_id',
          'invalid_request_body',
          'name_required',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    async ({ params, body, access }) => ({
      org: await organizations.rename(params.orgId, body.name, access),
    }),
  );

  app.delete(
    '/v1/orgs/:orgId',
    {
      config: { action: 'organizations.delete' },
      schema: {
        operationId: 'deleteOrganization',
        tags,
        summary: 'Delete an organization',
        description: 'Its teams, prompts and keys go with it, and the gateways stop serving them.',
        params: OrganizationParams,
        response: answers({ 204: null }, [
          'invalid_id',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await organizations.delete(params.orgId, access);
      return reply.code(204).send();
    },
  );
}
