import type { JsonObject, JsonValue } from '../json.js';
import { Integer } from './integer.js';

/**
 * What an expression yields: JSON data, or an integer that the template made.
 *
 * Two kinds of nothing, as in Go. `null` is a null of the data, in Go an interface that holds nil;
 * `undefined` is no value at all: a missing key under `missingkey=default`, nil, or a null that went
 * through a pipeline. They print alike but fail differently.
 */
export type Value = JsonValue | Integer | undefined;

/** What a pipeline hands on: in Go it unwraps interfaces, and nothing remains of a nil one. */
export function unwrap(value: Value): Value {
  return value === null ? undefined : value;
}

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Integer);
}

/** Go's kinds, as far as JSON data and literals reach. */
export type Kind = 'invalid' | 'bool' | 'int' | 'uint8' | 'float64' | 'string' | 'slice' | 'map';

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      if (value === null || value === undefined) return 'invalid';
      if (value instanceof Integer) return value.type;
      return Array.isArray(value) ? 'slice' : 'map';
  }
}

const TYPE_NAMES: Record<Kind, string> = {
  invalid: 'interface {}',
  bool: 'bool',
  int: 'int',
  uint8: 'uint8',
  float64: 'float64',
  string: 'string',
  slice: '[]interface {}',
  map: 'map[string]interface {}',
};

/** @returns the value's type as Go names it */
export function typeName(value: Value): string {
  return TYPE_NAMES[kindOf(value)];
}

/** Whether `if`, `and` and their like take the value for true: it is not the zero of its type. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return value !== 0;
  if (value === null || value === undefined) return false;
  if (value instanceof Integer) return value.value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  return !isEmptyObject(value as JsonObject);
}

function isEmptyObject(value: JsonObject): boolean {
  for (const key in value) if (Object.hasOwn(value, key)) return false;
  return true;
}
