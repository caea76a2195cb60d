import type { App } from '../http/app.js';
import type { ErrorCode } from '../http/error-catalogue.js';
import { answers } from '../http/openapi.js';
import type { BatchRenderer } from './batch-renderer.js';
import {
  BatchAnswer,
  BatchRequest,
  Rendering,
  RenderParams,
  RenderQuery,
  RenderRequest,
  RenderVersionParams,
} from './render-schemas.js';
import type { Renderer } from './renderer.js';

const tags = ['rendering'];
/** Bytes, as at a gateway. */
const RENDER_BODY_LIMIT = 1024 * 1024;
const REFUSALS = [
  'invalid_request_body',
  'variables_not_object',
  'invalid_id',
  'unauthorized',
  'prompt_not_found',
  'slug_ambiguous',
  'request_body_too_large',
  'template_execution_failed',
] as const satisfies readonly ErrorCode[];

/** Renderings of the live version, of any other, and of many at once. */
export function addRenderRoutes(app: App, renderer: Renderer, batches: BatchRenderer): void {
  app.post(
    '/v1/prompts/:reference/render',
    {
      config: { action: 'prompts.render' },
      bodyLimit: RENDER_BODY_LIMIT,
      schema: {
        tags,
        operationId: 'renderLive',
        summary: 'Render the live version',
        description: 'Services ask a gateway, which answers the same, faster.',
        params: RenderParams,
        querystring: RenderQuery,
        body: RenderRequest,
        response: answers({ 200: Rendering }, [...REFUSALS, 'no_live_version']),
      },
    },
    ({ params, query, body, access }) =>
      renderer.render({ reference: params.reference, teamId: query.team_id }, body, access),
  );

  app.post(
    '/v1/prompts/:reference/versions/:version/render',
    {
      config: { action: 'prompts.render' },
      bodyLimit: RENDER_BODY_LIMIT,
      schema: {
        tags,
        operationId: 'renderVersion',
        summary: 'Render any version, drafts and archived ones too',
        params: RenderVersionParams,
        querystring: RenderQuery,
        body: RenderRequest,
        response: answers({ 200: Rendering }, [...REFUSALS, 'version_not_found']),
      },
    },
    ({ params, query, body, access }) => renderer.render({ ...params, teamId: query.team_id }, body, access),
  );

  app.post(
    '/v1/renders',
    {
      config: { action: 'prompts.render' },
      bodyLimit: RENDER_BODY_LIMIT,
      schema: {
        tags,
        operationId: 'renderMany',
        summary: 'Do up to 100 renders at once',
        description:
          'Each has a result or an error of its own, in the order in which they were sent. The answer is bounded to 16 MiB: renders that would not fit are refused with status 413.',
        body: BatchRequest,
        response: answers({ 200: BatchAnswer }, ['renders_required', 'unauthorized']),
      },
    },
    async ({ body, access }) => ({ results: await batches.render(body.renders, access) }),
  );
}
