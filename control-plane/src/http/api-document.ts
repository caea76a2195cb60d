import type { TSchema } from 'typebox';
import type { DocumentedError } from './openapi.js';
import type { Relation } from './policy.js';

/** The OpenAPI document, as far as px0 itself reads it: for its reference, and in its tests. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** One of them is enough; `{}` is none at all, and so is an empty list. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-who-may'?: readonly Relation[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: JsonContent };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: TSchema;
}

interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
  readonly content?: JsonContent;
}

interface JsonContent {
  readonly 'application/json': { readonly schema: TSchema };
}

/** One route of the API. */
export interface Route {
  /** Such as `GET /v1/prompts/{reference}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** @returns all routes, in the document's order */
export function routesOf({ paths }: ApiDocument): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, operation };
    }),
  );
}

/** @returns the schema of an answer; undefined for one without a body */
export function schemaOf({ responses }: Operation, status: number | string): TSchema | undefined {
  return responses[status]?.content?.['application/json'].schema;
}

/** @returns the texts that `error` of an answer may hold, `…` for words that come with the occasion */
export function errorTextsOf(operation: Operation, status: number | string): string[] {
  const schema = schemaOf(operation, status);
  const errors = schema !== undefined && 'x-errors' in schema ? schema['x-errors'] : [];
  return (errors as DocumentedError[]).map(({ words }) => words);
}
