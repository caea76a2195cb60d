import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { ERRORS, type ErrorCode } from './error-catalogue.js';
import { type Action, heardBy, mayOf } from './policy.js';
import type { PropertyRefusal } from './validation.js';

/** Errors that a route may answer whatever it does: nearly all read or write the database. */
const EVERYWHERE = ['internal_error', 'unavailable'] as const satisfies readonly ErrorCode[];
/** Errors of every route that reads a body. */
const OF_BODIES = ['invalid_request_body', 'request_body_too_large'] as const satisfies readonly ErrorCode[];

/** Error of every query with a parameter that has no words of its own for what does not fit. */
const OF_QUERIES = ['invalid_query'] as const satisfies readonly ErrorCode[];

interface QuerySchema {
  readonly properties: Readonly<Record<string, { readonly 'x-refusal'?: PropertyRefusal }>>;
}

/** Whether a query can be refused in general words: a parameter given twice fits no schema. */
function mayHoldJunk(query: QuerySchema | undefined): boolean {
  return Object.values(query?.properties ?? {}).some(
    (parameter) => parameter['x-refusal']?.invalid === undefined,
  );
}

/** Stands in the catalogue's words for those that come with the occasion. */
const DETAIL = '$detail';

/** Fields that stand beside `error` in the bodies of some errors. */
const BESIDE: Partial<Record<ErrorCode, Record<string, TSchema>>> = {
  invalid_request_body: {
    reason: Type.Optional(Type.String({ description: 'What is wrong with a body that is no JSON.' })),
    offset: Type.Optional(Type.Integer({ description: 'Where, in bytes from 0.' })),
    line: Type.Optional(Type.Integer({ description: 'In which line, from 1.' })),
    column: Type.Optional(Type.Integer({ description: 'At which character of it, from 1.' })),
  },
  internal_error: { request_id: Type.String({ description: 'Under which the log tells more.' }) },
  slug_ambiguous: {
    team_ids: Type.Array(Type.String(), {
      description: 'The teams that have this slug, as far as the caller reaches.',
    }),
  },
};

const REQUEST_ID_HEADER = {
  type: 'string',
  format: 'uuid',
  description: 'Under which the log tells of this request.',
};
const RETRY_AFTER_HEADER = {
  type: 'integer',
  description: 'Seconds after which asking again makes sense.',
};
const STATUSES_WITH_RETRY_AFTER: readonly number[] = [429, 503];

/** An error that a response may hold, as the document names it beside the response's schema. */
export interface DocumentedError {
  readonly code: ErrorCode;
  /** As in the catalogue; `…` stands for words that come with the occasion. */
  readonly words: string;
}

/**
 * The `response` part of a route's schema.
 *
 * @param success what a good answer holds, by status; null where there is no body
 * @param refusals the errors of the catalogue that the route answers. What any route with a body
 * answers about bodies needs no mention
 * @param everywhere what routes answer anyway; a route that leans on nothing says []
 */
export function answers(
  success: Readonly<Record<number, TSchema | null>>,
  refusals: readonly ErrorCode[] = [],
  everywhere: readonly ErrorCode[] = EVERYWHERE,
): Record<number, TSchema> {
  const response: Record<number, TSchema> = {};
  for (const [key, schema] of Object.entries(success)) {
    const status = Number(key);
    response[status] = { ...(schema ?? Type.Null()), ...aboutAnswer(status) };
  }
  return withErrors(response, [...refusals, ...everywhere]);
}

/**
 * The answer of one error status.
 *
 * @param codes all errors of that status that the route answers
 * @param beside fields beside `error` that the catalogue's errors do not have everywhere
 */
export function errorAnswer(
  codes: readonly [ErrorCode, ...ErrorCode[]],
  beside: Readonly<Record<string, TSchema>> = {},
): TSchema {
  const own = codes.flatMap((code) => Object.entries(BESIDE[code] ?? {}));
  const fields = own.map(
    ([name, schema]) => [name, codes.length > 1 ? Type.Optional(schema) : schema] as const,
  );
  return {
    ...Type.Object({ error: wordsOf(codes), ...Object.fromEntries(fields), ...beside }),
    ...aboutAnswer(ERRORS[codes[0]][0]),
    'x-errors': codes.map((code): DocumentedError => ({ code, words: wordsInDocument(code) })),
  };
}

/** Adds errors to answers, beside the errors that they have already. */
function withErrors(response: Record<number, TSchema>, added: readonly ErrorCode[]): Record<number, TSchema> {
  const all = { ...response };
  for (const status of new Set(added.map((code) => ERRORS[code][0]))) {
    const present = errorsIn(response[status]).map(({ code }) => code);
    const codes = [...new Set([...present, ...added.filter((code) => ERRORS[code][0] === status)])];
    const [first, ...rest] = codes;
    if (first !== undefined && codes.length > present.length) all[status] = errorAnswer([first, ...rest]);
  }
  return all;
}

function errorsIn(answer: TSchema | undefined): readonly DocumentedError[] {
  return answer !== undefined && 'x-errors' in answer ? (answer['x-errors'] as DocumentedError[]) : [];
}

/** The schema of `error`: the exact texts, and patterns for those that hold words of the occasion. */
function wordsOf(codes: readonly ErrorCode[]): TSchema {
  const words = codes.map((code): string => ERRORS[code][1]);
  const fixed = words.filter((text) => !text.includes(DETAIL));
  const patterns = words.filter((text) => text.includes(DETAIL));
  const schemas = [
    ...(fixed.length > 0 ? [{ type: 'string', enum: fixed }] : []),
    ...patterns.map((text) => ({ type: 'string', pattern: patternOf(text) })),
  ];
  const [only] = schemas;
  return only !== undefined && schemas.length === 1 ? only : { anyOf: schemas };
}

function wordsInDocument(code: ErrorCode): string {
  return ERRORS[code][1].replace(DETAIL, '…');
}

function patternOf(words: string): string {
  const literal = words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `^${literal.replace(/\\\$detail/, '[\\s\\S]*')}$`;
}

function aboutAnswer(status: number): { description: string; headers: object } {
  return {
    description: STATUS_CODES[status] ?? String(status),
    headers: {
      'x-request-id': REQUEST_ID_HEADER,
      ...(STATUSES_WITH_RETRY_AFTER.includes(status) && { 'retry-after': RETRY_AFTER_HEADER }),
    },
  };
}

/** Parts of the API, in the order in which it is told. */
const TAGS = [
  { name: 'accounts', description: "Registering, logging in, one's own address and password." },
  { name: 'organizations and teams', description: 'Who belongs together, and who may do what there.' },
  { name: 'join requests', description: 'Asking to join a team, and being let in.' },
  { name: 'audit log', description: 'Who changed what in an organization.' },
  { name: 'API keys', description: 'Credentials of services.' },
  { name: 'prompts', description: 'What versions are kept under.' },
  { name: 'versions', description: 'Templates, from draft to live.' },
  { name: 'tags', description: 'Names that a prompt gives to versions of its own.' },
  { name: 'payloads', description: 'Sample variables, to try versions with.' },
  { name: 'rendering', description: 'What the gateways do, from the same engine.' },
  { name: 'health', description: 'For those who run px0.' },
];

/** Serves what the routes' schemas say at `/openapi.json`. Call before routes are added. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'px0 control plane',
        version: '0.1.0',
        description:
          'Writes, versions, promotes and publishes prompt templates. JSON in, JSON out; every body is read as JSON, whatever its content type. Errors are `{"error": "<text>"}`; the texts are fixed.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
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
    if (schema === undefined) return;
    if (config?.action !== undefined) Object.assign(schema, ofAction(config.action));
    if (schema.body !== undefined) {
      schema.response = withErrors(schema.response as Record<number, TSchema>, OF_BODIES);
    }
    if (mayHoldJunk(schema.querystring as QuerySchema | undefined)) {
      schema.response = withErrors(schema.response as Record<number, TSchema>, OF_QUERIES);
    }
  });
  app.get(
    '/openapi.json',
    { config: { action: 'documents.read' }, schema: { hide: true } as FastifySchema },
    async () => app.swagger(),
  );
}

const SECURITY: Readonly<Record<ReturnType<typeof heardBy>, readonly Record<string, string[]>[]>> = {
  anyone: [],
  guest_or_session: [{}, { session: [] }],
  session: [{ session: [] }],
  session_or_key: [{ session: [] }, { apiKey: [] }, { apiKeyHeader: [] }],
};

function ofAction(action: Action): object {
  const may = mayOf(action);
  return { security: SECURITY[heardBy(action)], ...(may !== undefined && { 'x-who-may': may }) };
}
