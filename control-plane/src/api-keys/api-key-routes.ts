import Type from 'typebox';
import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { Id } from '../http/parameters.js';
import { ApiKeyPage, ApiKeysQuery, CreatedApiKey, NewApiKey } from './api-key-schemas.js';
import type { ApiKeys } from './api-keys.js';

const tags = ['API keys'];

/** Making, listing and revoking API keys. */
export function addApiKeyRoutes(app: App, apiKeys: ApiKeys): void {
  app.post(
    '/v1/api-keys',
    {
      config: { action: 'api_keys.create' },
      schema: {
        operationId: 'createApiKey',
        tags,
        summary: 'Make an API key',
        description:
          'A caller who is not an org admin must name teams in which they are editor or admin. Only an org admin can make a key for all teams, or one of operation admin.',
        body: NewApiKey,
        response: answers({ 201: CreatedApiKey }, [
          'invalid_request_body',
          'name_required',
          'org_id_required',
          'invalid_operation',
          'invalid_id',
          'unauthorized',
          'forbidden',
          'team_not_found',
        ]),
      },
    },
    async (request, reply) => reply.code(201).send(await apiKeys.create(request.body, request.access)),
  );

  app.get(
    '/v1/api-keys',
    {
      config: { action: 'api_keys.list' },
      schema: {
        operationId: 'listApiKeys',
        tags,
        summary: 'List API keys',
        description:
          'Org admins see every key of the organization; members see those they made and those of their teams.',
        querystring: ApiKeysQuery,
        response: answers({ 200: ApiKeyPage }, [
          'org_id_required',
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    (request) => apiKeys.list(request.query, request.access),
  );

  app.delete(
    '/v1/api-keys/:keyId',
    {
      config: { action: 'api_keys.delete' },
      schema: {
        operationId: 'revokeApiKey',
        tags,
        summary: 'Revoke an API key',
        params: Type.Object({ keyId: Id() }),
        response: answers({ 204: null }, ['invalid_id', 'unauthorized', 'forbidden', 'api_key_not_found']),
      },
    },
    async (request, reply) => {
      await apiKeys.revoke(request.params.keyId, request.access);
      return reply.code(204).send();
    },
  );
}
