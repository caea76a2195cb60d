import { isAscii, isUtf8 } from 'node:buffer';
import type { MissingKey } from '@px0/contract';
import {
  InvalidJsonError,
  invalidUtf8,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '@px0/template-engine';
import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { sharedBytes } from '../pool/shared-bytes.js';

/** What a render request asks for. */
export interface RenderInput {
  readonly variables: JsonObject;
  /** Overrides the version's own. */
  readonly missing: MissingKey | undefined;
}

export type RequestBody =
  /** With the text that it was read from. */
  | { readonly input: RenderInput; readonly text: string; readonly refused?: never; readonly unread?: never }
  | { readonly refused: Refusal; readonly input?: never; readonly unread?: never }
  /** Too long to be read where requests are answered. */
  | { readonly unread: Uint8Array<SharedArrayBuffer>; readonly input?: never; readonly refused?: never };

const MISSING_KEYS: Readonly<Record<MissingKey, true>> = { error: true, default: true, zero: true };
const INVALID_VARIABLES: RequestBody = { refused: refusal.invalidVariables };
export const BODY_TOO_LARGE: RequestBody = { refused: refusal.bodyTooLarge };

/**
 * Reads a render request's body, unless reading it could take longer than others should wait: a
 * millisecond goes by with 16 KiB of nothing but empty objects.
 * @param bytes valid during the call only
 */
export function takeRequestBody(bytes: Uint8Array): RequestBody {
  return bytes.byteLength > LIMITS.bodyBytesInPlace ? { unread: sharedBytes(bytes) } : readRequestBody(bytes);
}

/**
 * Reads a render request's body: UTF-8 JSON, an object, `variables` and `missing` optional in it.
 * Fields that it does not know are left alone.
 */
export function readRequestBody(bytes: Uint8Array): RequestBody {
  const read = readJsonObject(bytes);
  return 'code' in read ? { refused: read } : requestBodyOf(read);
}

/** A JSON object, and the text that it was read from. */
export interface ReadObject {
  readonly object: JsonObject;
  readonly text: string;
}

/** Reads UTF-8 JSON, which must be an object. The refusal of what is no JSON says where it goes wrong. */
export function readJsonObject(bytes: Uint8Array): ReadObject | Refusal {
  // No body at all: there is nothing in it to point at.
  if (bytes.byteLength === 0) return refusal.invalidBody;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text: string;
  if (isAscii(buffer)) text = buffer.toString('latin1');
  else if (isUtf8(buffer)) text = buffer.toString('utf8');
  else return invalidJson(invalidUtf8(bytes));
  try {
    const object = parseJson(text);
    return isObject(object) ? { object, text } : refusal.invalidBody;
  } catch (error) {
    if (error instanceof InvalidJsonError) return invalidJson(error);
    throw error;
  }
}

function invalidJson({ trouble }: InvalidJsonError): Refusal {
  return { code: 'invalidBody', fields: { ...trouble } };
}

/** What a render request's body says, once it is read. */
export function requestBodyOf({ object, text }: ReadObject): RequestBody {
  const { variables = {}, missing } = object;
  if (!isObject(variables)) return INVALID_VARIABLES;
  if (missing !== undefined && !isMissingKey(missing)) return { refused: refusal.invalidBody };
  return { input: { variables, missing }, text };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMissingKey(value: JsonValue): value is MissingKey {
  return typeof value === 'string' && Object.hasOwn(MISSING_KEYS, value);
}
