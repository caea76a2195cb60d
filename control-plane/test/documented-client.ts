import { leaveNote } from '@px0/test-bed';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import {
  type ApiDocument,
  errorTextsOf,
  type Operation,
  type Route,
  routesOf,
  schemaOf,
} from '#http/api-document.js';
import { noteSecrets } from './secrets.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape, and state what they find
  readonly json: any;
}

export interface Call {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly headers?: Record<string, string>;
}

export type Client = (method: string, path: string, call?: Call) => Promise<Answer>;

/** Takes what was answered to a request, or throws where the document does not tell of it. */
export type Witness = (
  method: string,
  path: string,
  answer: { readonly status: number; readonly json?: unknown },
) => void;

/**
 * @returns a client that takes nothing the served OpenAPI document does not tell: an answer whose
 * status, field or error text is not in it is an error. Unknown routes are left alone.
 */
export async function documentedClient(base: string): Promise<Client> {
  const witness = await witnessOf(base);
  return async (method, path, call = {}) => {
    const answer = await send(base, method, path, call);
    noteSecrets(call, answer.json);
    witness(method, path, answer);
    return answer;
  };
}

/**
 * For tests that ask in another way. What it has taken counts as seen in this run, which
 * contract.after.test.ts asks of every route, status and error text.
 */
export async function witnessOf(base: string): Promise<Witness> {
  const routes = routesOf(await servedDocument(base));
  const closedSchemas = new Map<string, TSchema | undefined>();
  return (method, path, { status, json }) => {
    const route = routeOf(routes, method, path);
    if (route === undefined) return;
    const { name, operation } = route;
    const what = `${method} ${path}: ${status} ${JSON.stringify(json)?.slice(0, 2_000)}`;
    if (operation.responses[status] === undefined) throw new Error(`${what} is a status not documented`);
    const key = `${status} ${name}`;
    if (!closedSchemas.has(key)) closedSchemas.set(key, closed(schemaOf(operation, status)));
    const schema = closedSchemas.get(key);
    if ((json === undefined) !== (schema === undefined)) throw new Error(`${what} is not documented`);
    if (schema !== undefined && !Value.Check(schema, json)) {
      const [trouble] = Value.Errors(schema, json);
      throw new Error(`${what} is not as documented: ${trouble?.instancePath} ${trouble?.message}`);
    }
    noteSeen({ route: name, status, error: errorTextOf(operation, status, json) });
  };
}

export async function servedDocument(base: string): Promise<ApiDocument> {
  return (await (await fetch(`${base}/openapi.json`)).json()) as ApiDocument;
}

async function send(base: string, method: string, path: string, call: Call): Promise<Answer> {
  const { token, body, raw, headers } = call;
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(base + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text !== undefined && { body: text }),
  });
  const received = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    json: received === '' ? undefined : JSON.parse(received),
  };
}

function routeOf(routes: readonly Route[], method: string, path: string): Route | undefined {
  const segments = (path.split('?', 1)[0] ?? '').split('/');
  const fits = routes.filter((route) => {
    const parts = route.path.split('/');
    return (
      route.method === method &&
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith('{') || part === segments[index])
    );
  });
  // The one with the fewest parameters is the one that the server chooses.
  return fits.sort((one, other) => one.path.split('{').length - other.path.split('{').length)[0];
}

/** @returns the schema in which objects have no other fields than those that it names */
function closed<Schema extends TSchema | undefined>(schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map(closed) as unknown as Schema;
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).map(([name, part]) => {
    if (name === 'properties') {
      const properties = Object.entries(part as Record<string, TSchema>);
      return [name, Object.fromEntries(properties.map(([field, own]) => [field, closed(own)]))];
    }
    return [name, SCHEMA_KEYWORDS.has(name) ? closed(part as TSchema) : part];
  });
  const isOpen =
    !('properties' in schema) || 'additionalProperties' in schema || 'patternProperties' in schema;
  return { ...Object.fromEntries(parts), ...(!isOpen && { additionalProperties: false }) } as Schema;
}

/** Keywords that hold schemas. */
const SCHEMA_KEYWORDS = new Set(['items', 'anyOf', 'oneOf', 'additionalProperties']);

/** @returns the documented text that an answer's error is one of */
function errorTextOf(operation: Operation, status: number, json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null || !('error' in json)) return undefined;
  const text = String(json.error);
  const texts = errorTextsOf(operation, status);
  return texts.find((words) => words === text) ?? texts.find((words) => isWith(words, text));
}

function isWith(words: string, text: string): boolean {
  const [start = '', end] = words.split('…');
  return end !== undefined && text.startsWith(start) && text.endsWith(end);
}

export interface Seen {
  readonly route: string;
  readonly status: number;
  /** As documented: `…` for words that come with the occasion. */
  readonly error?: string | undefined;
}

const noted = new Set<string>();

function noteSeen(seen: Seen): void {
  const line = JSON.stringify(seen);
  if (!noted.has(line)) leaveNote('answers', line);
  noted.add(line);
}
