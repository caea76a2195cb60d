import type { FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import type { Access } from '../http/access.js';
import type { App } from '../http/app.js';
import { departureOf } from '../http/departure.js';
import type { ErrorCode } from '../http/error-catalogue.js';
import { answers } from '../http/openapi.js';
import { VersionRolloutAnswer, WaitQuery, waitOf } from '../rollouts/rollout-schemas.js';
import type { Rollouts } from '../rollouts/rollouts.js';
import type { Verb } from './lifecycle.js';
import { VersionParams } from './version-schemas.js';
import type { Versions } from './versions.js';

const tags = ['versions'];
const REFUSALS = [
  'invalid_prompt_id',
  'unauthorized',
  'forbidden',
  'prompt_not_found',
  'version_not_found',
] as const satisfies readonly ErrorCode[];

/** Promoting, demoting and archiving versions. */
export function addLifecycleRoutes(
  app: App,
  { versions, rollouts }: { readonly versions: Versions; readonly rollouts: Rollouts },
): void {
  /** Takes the step, which is done by then whatever becomes of the rest, and tells how far it has come. */
  function stepper(verb: Verb) {
    return async ({ params, query, access }: StepRequest, reply: FastifyReply) => {
      const departure = departureOf(reply);
      const version = await versions.step(verb, params.promptId, params.version, access);
      return {
        version,
        rollout: await rollouts.of(version.prompt_id, version.version, waitOf(query), departure),
      };
    };
  }

  app.post(
    '/v1/prompts/:promptId/versions/:version/promote',
    {
      config: { action: 'versions.promote_to_stable' },
      schema: {
        operationId: 'promoteVersion',
        tags,
        summary: 'Promote: draft to stable, stable to live',
        description:
          'An editor can promote to stable, a team admin to live. The version that was live becomes stable. The step is done when this answers, however far it has come by then.',
        params: VersionParams,
        querystring: WaitQuery,
        response: answers({ 200: VersionRolloutAnswer }, [...REFUSALS, 'cannot_promote']),
      },
    },
    stepper('promote'),
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
        querystring: WaitQuery,
        response: answers({ 200: VersionRolloutAnswer }, [...REFUSALS, 'only_live_demoted']),
      },
    },
    stepper('demote'),
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
        querystring: WaitQuery,
        response: answers({ 200: VersionRolloutAnswer }, [...REFUSALS, 'already_archived']),
      },
    },
    stepper('archive'),
  );
}

/** What the three requests have in common. */
interface StepRequest {
  readonly params: Static<typeof VersionParams>;
  readonly query: Static<typeof WaitQuery>;
  readonly access: Access;
}
