import type { JsonValue } from '@px0/template-engine';

/** @returns the value as JSON. Unlike JSON.stringify it keeps the sign of -0, which Go and JSON.parse read. */
export function jsonText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return objectText(Object.entries(value).map(([key, member]) => [key, jsonText(member)]));
  }
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

/** @param members keys, and their values as JSON */
export function objectText(members: readonly (readonly [key: string, json: string])[]): string {
  return `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;
}
