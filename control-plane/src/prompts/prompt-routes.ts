import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import type { Versions } from '../versions/versions.js';
import type { PromptLookup } from './prompt-lookup.js';
import {
  NewPrompt,
  PromptAnswer,
  PromptQuery,
  PromptReference,
  PromptsAnswer,
  PromptsQuery,
  PromptWithVersionAnswer,
  statusOf,
  TeamParams,
  TeamPromptsQuery,
} from './prompt-schemas.js';
import type { Prompts } from './prompts.js';

const tags = ['prompts'];

export interface PromptServices {
  readonly prompts: Prompts;
  readonly lookup: PromptLookup;
  readonly versions: Versions;
}

export function addPromptRoutes(app: App, { prompts, lookup, versions }: PromptServices): void {
  app.post(
    '/v1/teams/:teamId/prompts',
    {
      config: { action: 'prompts.create' },
      schema: {
        operationId: 'createPrompt',
        tags,
        summary: 'Create a prompt',
        params: TeamParams,
        body: NewPrompt,
        response: answers({ 201: PromptAnswer }, [
          'invalid_id',
          'invalid_request_body',
          'name_required',
          'invalid_slug',
          'unauthorized',
          'forbidden',
          'prompt_exists',
        ]),
      },
    },
    async (request, reply) => {
      const prompt = await prompts.create(request.params.teamId, request.body, request.access);
      return reply.code(201).send({ prompt });
    },
  );

  app.get(
    '/v1/teams/:teamId/prompts',
    {
      config: { action: 'prompts.list' },
      schema: {
        operationId: 'listTeamPrompts',
        tags,
        summary: "List a team's prompts by slug",
        params: TeamParams,
        querystring: TeamPromptsQuery,
        response: answers({ 200: PromptsAnswer }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
        ]),
      },
    },
    async ({ params, query, access }) => ({
      prompts: await prompts.list(params.teamId, statusOf(query.archived), access),
    }),
  );

  app.get(
    '/v1/prompts',
    {
      config: { action: 'prompts.list' },
      schema: {
        operationId: 'listPrompts',
        tags,
        summary: "List a team's prompts by slug",
        description: 'An empty list where no team is named.',
        querystring: PromptsQuery,
        response: answers({ 200: PromptsAnswer }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
        ]),
      },
    },
    async ({ query, access }) => {
      const teamId = query.team_id ?? query.team;
      if (teamId === undefined) return { prompts: [] };
      return { prompts: await prompts.list(teamId, statusOf(query.archived), access) };
    },
  );

  app.get(
    '/v1/prompts/:reference',
    {
      config: { action: 'prompts.read' },
      schema: {
        operationId: 'readPrompt',
        tags,
        summary: 'Read a prompt, and a version of it if one is asked for',
        params: PromptReference,
        querystring: PromptQuery,
        response: answers({ 200: PromptWithVersionAnswer }, [
          'invalid_id',
          'unauthorized',
          'prompt_not_found',
          'version_not_found',
          'slug_ambiguous',
        ]),
      },
    },
    async ({ params, query, access }) => {
      const { prompt } = await lookup.byReference(params.reference, query.team_id, access);
      const version = await versions.asked(prompt.id, query);
      return { prompt: version === undefined ? prompt : { ...prompt, version } };
    },
  );
}
