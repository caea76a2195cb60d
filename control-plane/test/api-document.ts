import type { TSchema } from 'typebox';

/** What tests read of the served OpenAPI document. */
export interface ApiDocument {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: TSchema } } };
  readonly responses: Readonly<Record<string, Response>>;
}
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: TSchema & Readonly<Record<string, unknown>>;
}
interface Response {
  readonly content?: { readonly 'application/json': { readonly schema: TSchema } };
}

/** One route of the API, as `GET /v1/prompts/{reference}`. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export async function servedDocument(base: string): Promise<ApiDocument> {
  return (await (await fetch(`${base}/openapi.json`)).json()) as ApiDocument;
}

export function routesOf({ paths }: ApiDocument): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, operation };
    }),
  );
}

/** @returns the texts of an answer's `error`, `…` for words that come with the occasion */
export function errorTextsOf(operation: Operation, status: number | string): string[] {
  const schema = schemaOf(operation, status);
  const errors = schema !== undefined && 'x-errors' in schema ? schema['x-errors'] : [];
  return (errors as { words: string }[]).map(({ words }) => words);
}

export function schemaOf({ responses }: Operation, status: number | string): TSchema | undefined {
  return responses[status]?.content?.['application/json'].schema;
}
