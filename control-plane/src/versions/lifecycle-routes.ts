import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { VersionAnswer, VersionParams } from './version-schemas.js';
import type { Versions } from './versions.js';

const tags = ['versions'];

/** Promoting, demoting and archiving versions. */
export function addLifecycleRoutes(app: App, versions: Versions): void {
  app.post(
    '/v1/prompts/:promptId/versions/:version/promote',
    {
      config: { action: 'versions.promote_to_stable' },
      schema: {
        operationId: 'promoteVersion',
        tags,
        summary: 'Promote: draft to stable, stable to live',
        description:
          'An editor can promote to stable, a team admin to live. The version that was live becomes stable.',
        params: VersionParams,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
          'cannot_promote',
        ]),
      },
    },
    async ({ params, access }) => ({
      version: await versions.step('promote', params.promptId, params.version, access),
    }),
  );

  app.post(
    '/v1/prompts/:promptId/versions/:version/demote',
    {
      config: { action: 'versions.demote' },
      schema: {
        operationId: 'demoteVersion',
        tags,
        summary: 'Demote: live to stable',
        params: VersionParams,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
          'only_live_demoted',
        ]),
      },
    },
    async ({ params, access }) => ({
      version: await versions.step('demote', params.promptId, params.version, access),
    }),
  );

  app.post(
    '/v1/prompts/:promptId/versions/:version/archive',
    {
      config: { action: 'versions.archive' },
      schema: {
        operationId: 'archiveVersion',
        tags,
        summary: 'Archive a version, whatever its status',
        description:
          'It can still be read, tagged, duplicated and rendered by number or tag. Archiving the live version leaves the prompt without one.',
        params: VersionParams,
        response: answers({ 200: VersionAnswer }, [
          'invalid_prompt_id',
          'unauthorized',
          'forbidden',
          'prompt_not_found',
          'version_not_found',
          'already_archived',
        ]),
      },
    },
    async ({ params, access }) => ({
      version: await versions.step('archive', params.promptId, params.version, access),
    }),
  );
}
