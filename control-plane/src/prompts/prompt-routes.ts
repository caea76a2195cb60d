import type { Access } from '../http/access.js';
import type { App } from '../http/app.js';
import { HEAVY_PAGES } from '../http/heavy-pages.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import { TeamParams } from '../organizations/team-schemas.js';
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
  TeamPromptsQuery,
} from './prompt-schemas.js';
import type { Prompts } from './prompts.js';

const tags = ['prompts'];

interface PromptServices {
  readonly prompts: Prompts;
  readonly lookup: PromptLookup;
  readonly versions: Versions;
}

/** Creating, listing and reading prompts. */
export function addPromptRoutes(app: App, { prompts, lookup, versions }: PromptServices): void {
  async function listed(teamId: string, query: TeamPromptsQuery, access: Access) {
    const filter = { status: statusOf(query.archived), q: query.q };
    const { items, next_cursor } = await prompts.list(teamId, filter, sliceOf(query, ['text']), access);
    return { prompts: items, next_cursor };
  }

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
        description: `Slugs in the order of their code points. ${HEAVY_PAGES}`,
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
    ({ params, query, access }) => listed(params.teamId, query, access),
  );

  app.get(
    '/v1/prompts',
    {
      config: { action: 'prompts.list' },
      schema: {
        operationId: 'listPrompts',
        tags,
        summary: "List a team's prompts by slug",
        description: `Slugs in the order of their code points; an empty list where no team is named. ${HEAVY_PAGES}`,
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
      return teamId === undefined ? { prompts: [], next_cursor: null } : listed(teamId, query, access);
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
        description: 'The version stands in the prompt, and beside it.',
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
      return version === undefined ? { prompt } : { prompt: { ...prompt, version }, version };
    },
  );
}
