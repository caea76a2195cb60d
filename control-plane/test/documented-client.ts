import type { TSchema } from 'typebox';
import Value from 'typebox/value';

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

interface Operation {
  readonly responses: Record<string, { readonly content?: { 'application/json': { schema: TSchema } } }>;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

export type Client = (method: string, path: string, call?: Call) => Promise<Answer>;

/**
 * @returns a client that takes nothing the served OpenAPI document does not tell: an answer whose
 * status or body is not in it is an error. Unknown routes are left alone.
 */
export async function documentedClient(base: string): Promise<Client> {
  const document = (await (await fetch(`${base}/openapi.json`)).json()) as OpenApi;
  return async (method, path, call = {}) => {
    const answer = await send(base, method, path, call);
    const operation = operationOf(document, method, path);
    if (operation !== undefined) demandDocumented(operation, `${method} ${path}`, answer);
    return answer;
  };
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

function operationOf({ paths }: OpenApi, method: string, path: string): Operation | undefined {
  const segments = (path.split('?', 1)[0] ?? '').split('/');
  const fits = Object.entries(paths).filter(([template]) => {
    const parts = template.split('/');
    return (
      parts.length === segments.length &&
      parts.every((part, index) => part.startsWith('{') || part === segments[index])
    );
  });
  // The one with the fewest parameters is the one that the server chooses.
  fits.sort(([one], [other]) => one.split('{').length - other.split('{').length);
  return fits.map(([, operations]) => operations[method.toLowerCase()]).find(Boolean);
}

function demandDocumented(operation: Operation, what: string, { status, json }: Answer): void {
  const documented = operation.responses[status];
  if (documented === undefined)
    throw new Error(`${what}: ${status} is not documented: ${JSON.stringify(json)}`);
  const schema = documented.content?.['application/json'].schema;
  if (json === undefined || schema === undefined) return;
  const [error] = Value.Errors(schema, json);
  if (error !== undefined) {
    throw new Error(
      `${what}: ${status} ${JSON.stringify(json)} is not as documented: ${error.instancePath} ${error.message}`,
    );
  }
}
