import type { App } from '../http/app.js';
import type { ErrorCode } from '../http/error-catalogue.js';
import { answers } from '../http/openapi.js';
import { PromptParams } from '../versions/version-schemas.js';
import { PromptAnswer, PromptChange, PromptMove, PromptReferenceById } from './prompt-schemas.js';
import type { Prompts } from './prompts.js';

const tags = ['prompts'];
const REFUSALS = [
  'invalid_prompt_id',
  'unauthorized',
  'forbidden',
  'prompt_not_found',
] as const satisfies readonly ErrorCode[];

/** What happens to a prompt once it is there: described, archived, restored, moved. */
export function addPromptChangeRoutes(app: App, prompts: Prompts): void {
  app.put(
    '/v1/prompts/:reference',
    {
      config: { action: 'prompts.update' },
      schema: {
        operationId: 'updatePrompt',
        tags,
        summary: "Change a prompt's description",
        params: PromptReferenceById,
        body: PromptChange,
        response: answers({ 200: PromptAnswer }, REFUSALS),
      },
    },
    async ({ params, body, access }) => ({
      prompt: await prompts.describe(params.reference, body.description ?? '', access),
    }),
  );

  app.post(
    '/v1/prompts/:promptId/archive',
    {
      config: { action: 'prompts.archive' },
      schema: {
        operationId: 'archivePrompt',
        tags,
        summary: 'Archive a prompt',
        description:
          'It leaves the list of active prompts, and can be read, changed and rendered as before. An archived one stays as it is.',
        params: PromptParams,
        response: answers({ 200: PromptAnswer }, REFUSALS),
      },
    },
    async ({ params, access }) => ({
      prompt: await prompts.setStatus(params.promptId, 'archived', access),
    }),
  );

  app.post(
    '/v1/prompts/:promptId/restore',
    {
      config: { action: 'prompts.restore' },
      schema: {
        operationId: 'restorePrompt',
        tags,
        summary: 'Restore an archived prompt',
        description: 'An active one stays as it is.',
        params: PromptParams,
        response: answers({ 200: PromptAnswer }, REFUSALS),
      },
    },
    async ({ params, access }) => ({
      prompt: await prompts.setStatus(params.promptId, 'active', access),
    }),
  );

  app.post(
    '/v1/prompts/:promptId/move',
    {
      config: { action: 'prompts.move' },
      schema: {
        operationId: 'movePrompt',
        tags,
        summary: 'Give a prompt to another team',
        description:
          'The caller must be an admin of both teams, which may belong to different organizations. Versions, tags and payloads move with the prompt.',
        params: PromptParams,
        body: PromptMove,
        response: answers({ 200: PromptAnswer }, [
          ...REFUSALS,
          'invalid_target_team',
          'target_team_not_found',
          'prompt_exists',
        ]),
      },
    },
    async ({ params, body, access }) => ({
      prompt: await prompts.move(params.promptId, body.team_id, access),
    }),
  );
}
