import type { App } from '../http/app.js';
import { departureOf } from '../http/departure.js';
import { answers } from '../http/openapi.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import { PromptReference } from '../prompts/prompt-schemas.js';
import { RolloutAnswer, RolloutQuery, waitOf } from './rollout-schemas.js';
import type { Rollouts } from './rollouts.js';

/** How far a prompt's changes have come. */
export function addRolloutRoutes(
  app: App,
  { lookup, rollouts }: { readonly lookup: PromptLookup; readonly rollouts: Rollouts },
): void {
  app.get(
    '/v1/prompts/:reference/rollout',
    {
      config: { action: 'rollouts.read' },
      schema: {
        operationId: 'readRollout',
        tags: ['versions'],
        summary: 'How many gateways serve the live version',
        description:
          'Or, of a prompt without one, know that there is none. It is about the newest state of the prompt and of the version that is live now.',
        params: PromptReference,
        querystring: RolloutQuery,
        response: answers({ 200: RolloutAnswer }, [
          'invalid_id',
          'unauthorized',
          'prompt_not_found',
          'slug_ambiguous',
        ]),
      },
    },
    async ({ params, query, access }, reply) => {
      const departure = departureOf(reply);
      const owned = await lookup.byReference(params.reference, query.team_id, access);
      return { rollout: await rollouts.ofPrompt(owned, waitOf(query), departure) };
    },
  );
}
