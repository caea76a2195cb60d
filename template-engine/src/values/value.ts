import type { JsonObject, JsonValue } from '../json.js';
import { Complex } from './complex.js';
import { Integer } from './integer.js';
import type { RawString } from './raw-string.js';
import { Scalar } from './scalar.js';

/**
 * What an expression yields: JSON data, or what only a template makes.
 *
 * Two kinds of nothing, as in Go. `null` is a null of the data, in Go an interface that holds nil;
 * `undefined` is no value at all: a missing key under `missingkey=default`, nil, or a null that went
 * through a pipeline. They print alike but fail differently.
 */
export type Value = JsonValue | Integer | Complex | RawString | undefined;

/** What a pipeline hands on: in Go it unwraps interfaces, and nothing remains of a nil one. */
export function unwrap(value: Value): Value {
  return value === null ? undefined : value;
}

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Scalar);
}

/** Go's kinds, as far as JSON data and literals reach. */
export type Kind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'uint8'
  | 'float64'
  | 'complex128'
  | 'string'
  | 'slice'
  | 'map';

export function kindOf(value: Value): Kind {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value === null || value === undefined) return 'invalid';
  if (Array.isArray(value)) return 'slice';
  if (!(value instanceof Scalar)) return 'map';
  if (value instanceof Integer) return value.integerType;
  return value instanceof Complex ? 'complex128' : 'string';
}

const TYPE_NAMES: Record<Kind, string> = {
  invalid: 'interface {}',
  bool: 'bool',
  int: 'int',
  uint8: 'uint8',
  float64: 'float64',
  complex128: 'complex128',
  string: 'string',
  slice: '[]interface {}',
  map: 'map[string]interface {}',
};

/** @returns the value's type as Go names it */
export function typeName(value: Value): string {
  return TYPE_NAMES[kindOf(value)];
}
