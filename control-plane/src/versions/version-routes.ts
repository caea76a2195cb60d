import type { App } from '../http/app.js';
import { HEAVY_PAGES } from '../http/heavy-pages.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import {
  NewVersion,
  PromptParams,
  VersionAnswer,
  VersionChange,
  VersionParams,
  VersionsAnswer,
  VersionsQuery,
} from './version-schemas.js';
import type { Versions } from './versions.js';

const tags = ['versions'];

/** Writing, reading and changing versions. */
export function addVersionRoutes(app: App, versions: Versions): void {
  app.post(
    '/v1/prompts/:promptId/versions',
    {
      config: { action: 'versions.create' },
      schema: {
        operationId: 'createVersion',
        tags,
        summary: 'Write a new version, a draft',
        params: PromptParams,
        body: NewVersion,
        response: answers({ 201: VersionAnswer }, [
          'invalid_prompt_id',
          'invalid_request_body',
          'template_required',
          'invalid_template',
          'model_empty',
          'model_params_not_object',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
        ]),
      },
    },
    async ({ params, body, access }, reply) =>
      reply.code(201).send({ version: await versions.create(params.promptId, body, access) }),
  );

  app.get(
    '/v1/prompts/:promptId/versions',
    {
      config: { action: 'versions.read' },
      schema: {
        operationId: 'listVersions',
        tags,
        summary: 'List versions, newest first',
        description: HEAVY_PAGES,
        params: PromptParams,
        querystring: VersionsQuery,
        response: answers({ 200: VersionsAnswer }, [
          'invalid_prompt_id',
          'invalid_query',
          'unauthorized',
          'prompt_not_found',
        ]),
      },
    },
    async ({ params, query, access }) => {
      const filter = {
        status: query.status,
        tags: query.tags?.split(',').map((tag) => tag.trim()),
      };
      const slice = sliceOf(query, ['number']);
      const { items, next_cursor } = await versions.list(params.promptId, filter, slice, access);
      return { versions: items, next_cursor };
    },
  );

  app.get(
    '/v1/prompts/:promptId/versions/:version',
    {
      config: { action: 'versions.read' },
      schema: {
        operationId: 'readVersion',
        tags,
        summary: 'Read a version',
        params: VersionParams,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'unauthorized',
          'prompt_not_found',
          'version_not_found',
        ]),
      },
    },
    async ({ params, access }) => ({
      version: await versions.get(params.promptId, params.version, access),
    }),
  );

  app.put(
    '/v1/prompts/:promptId/versions/:version',
    {
      config: { action: 'versions.update' },
      schema: {
        operationId: 'updateVersion',
        tags,
        summary: 'Change a draft',
        description: 'What is left out stays; null clears model and model_params.',
        params: VersionParams,
        body: VersionChange,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'invalid_request_body',
          'version_change_required',
          'template_required',
          'invalid_template',
          'model_empty',
          'model_params_not_object',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
          'only_drafts_modified',
        ]),
      },
    },
    async ({ params, body, access }) => ({
      version: await versions.update(params.promptId, params.version, body, access),
    }),
  );

  app.delete(
    '/v1/prompts/:promptId/versions/:version',
    {
      config: { action: 'versions.delete' },
      schema: {
        operationId: 'deleteVersion',
        tags,
        summary: 'Delete a draft, and its tags',
        description: 'Its number is not given again.',
        params: VersionParams,
        response: answers({ 204: null }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
          'only_drafts_deleted',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await versions.remove(params.promptId, params.version, access);
      return reply.code(204).send();
    },
  );

  app.post(
    '/v1/prompts/:promptId/versions/:version/duplicate',
    {
      config: { action: 'versions.duplicate' },
      schema: {
        operationId: 'duplicateVersion',
        tags,
        summary: 'Write a new draft with the template and settings of a version',
        description: 'Tags stay where they are.',
        params: VersionParams,
        response: answers({ 201: VersionAnswer }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
        ]),
      },
    },
    async ({ params, access }, reply) =>
      reply.code(201).send({ version: await versions.duplicate(params.promptId, params.version, access) }),
  );
}
