import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { ERRORS, type ErrorCode } from './error-catalogue.js';
import { type Action, heardBy } from './policy.js';

/** Errors that any route may answer. */
const EVERYWHERE = ['internal_error', 'unavailable'] as const satisfies readonly ErrorCode[];

/**
 * The `response` part of a route's schema.
 *
 * @param success what a good answer holds, by status; null where there is no body
 * @param refusals the errors of the catalogue that the route answers
 */
export function answers(
  success: Readonly<Record<number, TSchema | null>>,
  refusals: readonly ErrorCode[] = [],
): Record<number, TSchema> {
  const response: Record<number, TSchema> = {};
  for (const [status, schema] of Object.entries(success)) {
    response[Number(status)] = schema
      ? { ...schema, description: reasonOf(Number(status)) }
      : Type.Null({ description: reasonOf(Number(status)) });
  }
  const codes = [...refusals, ...EVERYWHERE];
  for (const status of new Set(codes.map((code) => ERRORS[code][0]))) {
    response[status] = errorBody(
      status,
      codes.filter((code) => ERRORS[code][0] === status),
    );
  }
  return response;
}

function errorBody(status: number, codes: readonly ErrorCode[]): TSchema {
  const words = codes.map((code) => ERRORS[code][1]);
  const fixed = words.every((text) => !text.includes('$detail'));
  return Type.Object(
    {
      error: fixed
        ? Type.Union(words.map((text) => Type.Literal(text)))
        : Type.String({ description: words.map((text) => text.replace('$detail', '…')).join('; ') }),
    },
    { description: reasonOf(status), additionalProperties: true },
  );
}

/** Serves what the routes' schemas say at `/openapi.json`. Call before routes are added. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'px0 control plane',
        version: '0.1.0',
        description:
          'Writes, versions, promotes and publishes prompt templates. JSON in, JSON out; every body is read as JSON, whatever its content type.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: { type: 'http', scheme: 'bearer', bearerFormat: 'sess_…' },
          apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'ak_…' },
          apiKeyHeader: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
  });
  app.addHook('onRoute', ({ schema, config }) => {
    if (schema !== undefined && config?.action !== undefined) {
      Object.assign(schema, { security: securityOf(config.action) });
    }
  });
  app.get(
    '/openapi.json',
    { config: { action: 'documents.read' }, schema: { hide: true } as object },
    async () => app.swagger(),
  );
}

const SECURITY: Readonly<Record<ReturnType<typeof heardBy>, readonly Record<string, string[]>[]>> = {
  anyone: [],
  guest_or_session: [{}, { session: [] }],
  session: [{ session: [] }],
  session_or_key: [{ session: [] }, { apiKey: [] }, { apiKeyHeader: [] }],
};

function securityOf(action: Action): readonly Record<string, string[]>[] {
  return SECURITY[heardBy(action)];
}

function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? String(status);
}
