import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { type ErrorCode, Refusal } from './error-catalogue.js';

/**
 * Stands in a property's schema as `x-refusal`: which error answers a value that does not fit. Where
 * it says nothing, `invalid request body` does (in a query: `invalid query parameter`).
 */
export interface PropertyRefusal {
  /** The property is missing, null, or empty text. */
  readonly absent?: ErrorCode;
  /** Anything else that does not fit. */
  readonly invalid?: ErrorCode;
}

type Part = 'body' | 'params' | 'querystring' | 'headers';

interface PropertySchema {
  readonly 'x-refusal'?: PropertyRefusal;
}

/**
 * Compiles a route's schema into its check. The refusal thrown is the one that the schema itself
 * names: first for properties that are absent, then for those that do not fit, in the schema's order.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const part = (httpPart ?? 'body') as Part;
  return (sent: unknown) => {
    const value = part === 'querystring' ? withoutEmpty(sent) : sent;
    return Value.Check(schema, value) ? { value } : { error: refusalFor(schema, value, part) };
  };
};

/** A parameter without a value, as in `?team_id=`, counts as absent. */
function withoutEmpty(query: unknown): unknown {
  return Object.fromEntries(Object.entries(query as object).filter(([, value]) => value !== ''));
}

function refusalFor(schema: TSchema, value: unknown, part: Part): Refusal {
  const general = generalRefusal(part);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return general();
  const values = value as Record<string, unknown>;
  const properties = Object.entries(
    'properties' in schema ? (schema.properties as Record<string, TSchema & PropertySchema>) : {},
  );
  const required = new Set('required' in schema ? (schema.required as string[]) : []);
  const unfit = properties.filter(([name, property]) =>
    values[name] === undefined ? required.has(name) : !Value.Check(property, values[name]),
  );
  for (const [name, property] of unfit) {
    const code = property['x-refusal']?.absent;
    if (code !== undefined && isAbsent(values[name])) return new Refusal(code);
  }
  for (const [name, property] of unfit) {
    const code = property['x-refusal']?.invalid;
    if (code !== undefined && values[name] !== undefined) return new Refusal(code);
  }
  return general(unfit[0]?.[0]);
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function generalRefusal(part: Part): (name?: string) => Refusal {
  switch (part) {
    case 'body':
      return () => new Refusal('invalid_request_body');
    case 'params':
      return () => new Refusal('not_found');
    case 'querystring':
    case 'headers':
      return (name = '') => new Refusal('invalid_query', { detail: name });
  }
}
