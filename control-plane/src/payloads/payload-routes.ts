import type { App } from '../http/app.js';
import type { ErrorCode } from '../http/error-catalogue.js';
import { HEAVY_PAGES } from '../http/heavy-pages.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import { PromptParams } from '../versions/version-schemas.js';
import {
  NewPayload,
  PayloadAnswer,
  PayloadChange,
  PayloadParams,
  PayloadsAnswer,
  PayloadsQuery,
} from './payload-schemas.js';
import type { Payloads } from './payloads.js';

const tags = ['payloads'];
const OF_PROMPTS = [
  'invalid_prompt_id',
  'unauthorized',
  'prompt_not_found',
] as const satisfies readonly ErrorCode[];
const OF_ONE = [...OF_PROMPTS, 'invalid_id', 'payload_not_found'] as const satisfies readonly ErrorCode[];

/** Sample variables that are kept with a prompt. */
export function addPayloadRoutes(app: App, payloads: Payloads): void {
  app.post(
    '/v1/prompts/:promptId/payloads',
    {
      config: { action: 'payloads.write' },
      schema: {
        operationId: 'createPayload',
        tags,
        summary: 'Keep sample data to render a prompt with',
        params: PromptParams,
        body: NewPayload,
        response: answers({ 201: PayloadAnswer }, [...OF_PROMPTS, 'forbidden', 'variables_not_object']),
      },
    },
    async ({ params, body, access }, reply) =>
      reply.code(201).send({ payload: await payloads.create(params.promptId, body, access) }),
  );

  app.get(
    '/v1/prompts/:promptId/payloads',
    {
      config: { action: 'payloads.read' },
      schema: {
        operationId: 'listPayloads',
        tags,
        summary: 'List sample payloads, oldest first',
        description: HEAVY_PAGES,
        params: PromptParams,
        querystring: PayloadsQuery,
        response: answers({ 200: PayloadsAnswer }, [...OF_PROMPTS, 'invalid_query']),
      },
    },
    async ({ params, query, access }) => {
      const slice = sliceOf(query, ['time', 'id']);
      const { items, next_cursor } = await payloads.list(params.promptId, slice, access);
      return { payloads: items, next_cursor };
    },
  );

  app.get(
    '/v1/prompts/:promptId/payloads/:payloadId',
    {
      config: { action: 'payloads.read' },
      schema: {
        operationId: 'readPayload',
        tags,
        summary: 'Read a sample payload',
        params: PayloadParams,
        response: answers({ 200: PayloadAnswer }, OF_ONE),
      },
    },
    async ({ params, access }) => ({
      payload: await payloads.get(params.promptId, params.payloadId, access),
    }),
  );

  app.put(
    '/v1/prompts/:promptId/payloads/:payloadId',
    {
      config: { action: 'payloads.write' },
      schema: {
        operationId: 'updatePayload',
        tags,
        summary: 'Change a sample payload',
        description: 'Takes name, variables or both. What is left out stays; null clears the name.',
        params: PayloadParams,
        body: PayloadChange,
        response: answers({ 200: PayloadAnswer }, [...OF_ONE, 'forbidden', 'variables_not_object']),
      },
    },
    async ({ params, body, access }) => ({
      payload: await payloads.update(params.promptId, params.payloadId, body, access),
    }),
  );

  app.delete(
    '/v1/prompts/:promptId/payloads/:payloadId',
    {
      config: { action: 'payloads.write' },
      schema: {
        operationId: 'deletePayload',
        tags,
        summary: 'Delete a sample payload',
        params: PayloadParams,
        response: answers({ 204: null }, [...OF_ONE, 'forbidden']),
      },
    },
    async ({ params, access }, reply) => {
      await payloads.remove(params.promptId, params.payloadId, access);
      return reply.code(204).send();
    },
  );
}
