import { randomUUID } from 'node:crypto';
import type { TSchema } from 'typebox';
import type { Parameter, Route } from '#http/api-document.js';
import type { SchemaWords } from '#http/schema-words.js';
import { newAddress, PASSWORD } from './cast.js';

/** Calls that fit a route's schemas, about nothing that exists. */

/** Values for names whose rules no schema tells, or whose pattern is no good start. */
const BY_NAME: Readonly<Record<string, () => string>> = {
  email: newAddress,
  password: () => PASSWORD,
  new_password: () => PASSWORD,
};

/**
 * @param instead values for parameters of path and query; those of the query that may be left out are,
 * unless they stand here
 */
export function samplePath(
  { path, operation }: Route,
  instead: Readonly<Record<string, string>> = {},
): string {
  const { parameters = [] } = operation;
  const filled = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, { name, schema }) => {
      const value = instead[name] ?? sampleOf(schema as SchemaWords, name);
      return text.replace(`{${name}}`, encodeURIComponent(String(value)));
    }, path);
  const query = new URLSearchParams();
  for (const { name, schema, required = false } of parameters.filter(
    (parameter) => parameter.in === 'query',
  )) {
    if (required || name in instead)
      query.set(name, instead[name] ?? String(sampleOf(schema as SchemaWords, name)));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** @returns a body of the fields that are required; undefined where the route takes none */
export function sampleBody({ operation }: Route): unknown {
  const schema = operation.requestBody?.content['application/json'].schema;
  return schema === undefined ? undefined : sampleOf(schema as SchemaWords);
}

/** Whether a parameter is an id: a UUID fits it, and other text does not. */
export function isId({ schema }: Pick<Parameter, 'schema'>): boolean {
  const { pattern } = schema as SchemaWords;
  if (pattern === undefined) return false;
  const fits = new RegExp(pattern);
  return fits.test(randomUUID()) && !fits.test('x');
}

function sampleOf(schema: SchemaWords, name = ''): unknown {
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0] ?? {}, name);
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type ?? 'string') {
    case 'object': {
      const required = Object.entries(schema.properties ?? {}).filter(([field]) =>
        schema.required?.includes(field),
      );
      return Object.fromEntries(required.map(([field, own]) => [field, sampleOf(own, field)]));
    }
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return 1;
    case 'boolean':
      return true;
    default:
      return BY_NAME[name]?.() ?? (isId({ schema: schema as TSchema }) ? randomUUID() : 'x');
  }
}
