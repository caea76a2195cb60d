import { isAscii, isUtf8 } from 'node:buffer';
import type { MissingKey } from '@px0/contract';
import { type JsonObject, type JsonValue, parseJson } from '@px0/template-engine';
import { type Refusal, refusal } from '../errors.js';

/** What a render request asks for. */
export interface RenderInput {
  readonly variables: JsonObject;
  /** Overrides the version's own. */
  readonly missing: MissingKey | undefined;
}

export type RequestBody =
  | { readonly input: RenderInput; readonly refused?: never }
  | { readonly refused: Refusal; readonly input?: never };

const MISSING_KEYS: Readonly<Record<MissingKey, true>> = { error: true, default: true, zero: true };
const INVALID: RequestBody = { refused: refusal.invalidBody };
const INVALID_VARIABLES: RequestBody = { refused: refusal.invalidVariables };
export const BODY_TOO_LARGE: RequestBody = { refused: refusal.bodyTooLarge };

/**
 * Reads a render request's body: UTF-8 JSON, an object, `variables` and `missing` optional in it.
 * Fields that it does not know are left alone.
 */
export function readRequestBody(bytes: Uint8Array): RequestBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text: string;
  if (isAscii(buffer)) text = buffer.toString('latin1');
  else if (isUtf8(buffer)) text = buffer.toString('utf8');
  else return INVALID;
  let parsed: JsonValue;
  try {
    parsed = parseJson(text);
  } catch {
    return INVALID;
  }
  if (!isObject(parsed)) return INVALID;
  const { variables = {}, missing } = parsed;
  if (!isObject(variables)) return INVALID_VARIABLES;
  if (missing !== undefined && !isMissingKey(missing)) return INVALID;
  return { input: { variables, missing } };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMissingKey(value: JsonValue): value is MissingKey {
  return typeof value === 'string' && Object.hasOwn(MISSING_KEYS, value);
}
