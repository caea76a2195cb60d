import Type from 'typebox';
import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { NewTag, PromptParams, Tag, TagParams, VersionAnswer, VersionParams } from './version-schemas.js';
import type { Versions } from './versions.js';

const tags = ['tags'];

/** Names that a prompt gives to versions of its own. */
export function addTagRoutes(app: App, versions: Versions): void {
  app.post(
    '/v1/prompts/:promptId/versions/:version/tags',
    {
      config: { action: 'tags.write' },
      schema: {
        operationId: 'tagVersion',
        tags,
        summary: 'Put a tag on a version',
        description: 'If another version of this prompt has the tag, it loses it.',
        params: VersionParams,
        body: NewTag,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'invalid_request_body',
          'tag_required',
          'invalid_tag',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
        ]),
      },
    },
    async ({ params, body, access }) => ({
      version: await versions.tag(params.promptId, params.version, body.tag, access),
    }),
  );

  app.get(
    '/v1/prompts/:promptId/tags',
    {
      config: { action: 'tags.read' },
      schema: {
        operationId: 'listTags',
        tags,
        summary: "List a prompt's tags",
        params: PromptParams,
        response: answers({ 200: Type.Object({ tags: Type.Array(Tag) }) }, [
          'invalid_prompt_id',
          'unauthorized',
          'prompt_not_found',
        ]),
      },
    },
    async ({ params, access }) => ({ tags: await versions.tags(params.promptId, access) }),
  );

  app.delete(
    '/v1/prompts/:promptId/tags/:tag',
    {
      config: { action: 'tags.write' },
      schema: {
        operationId: 'removeTag',
        tags,
        summary: 'Take a tag off',
        params: TagParams,
        response: answers({ 204: null }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'tag_not_found',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await versions.untag(params.promptId, params.tag, access);
      return reply.code(204).send();
    },
  );
}
