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
  | { readonly unread: Uint8Array<ArrayBuffer>; readonly input?: never; readonly refused?: never };

/** A byte order mark is no JSON. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const MISSING_KEYS: Readonly<Record<MissingKey, true>> = { error: true, default: true, zero: true };
const INVALID_VARIABLES: RequestBody = { refused: refusal.invalidVariables };
/** There were more bytes than are taken. */
export const BODY_TOO_LARGE: RequestBody = { refused: refusal.bodyTooLarge };

/** Whether a body is read where requests are answered: to read another could take longer than others should wait. */
export function isReadInPlace(bytes: Uint8Array): boolean {
  const { byteLength } = bytes;
  return byteLength <= LIMITS.shortBody || (byteLength <= LIMITS.bodyBytesInPlace && !hasManyLists(bytes));
}

/** Lists and objects take longest to read, for the bytes that they are: `npm run bench -- costs`. */
function hasManyLists(bytes: Uint8Array): boolean {
  let lists = 0;
  for (const bracket of [0x5b, 0x7b]) {
    for (let at = bytes.indexOf(bracket); at >= 0; at = bytes.indexOf(bracket, at + 1)) {
      lists += 1;
      if (lists > LIMITS.bodyListsInPlace) return true;
    }
  }
  return false;
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
  const text = textOf(bytes);
  return typeof text === 'string' ? readJsonText(text) : text;
}

/** The text of a body, or why it has none. */
export function textOf(bytes: Uint8Array): string | Refusal {
  // No body at all: there is nothing in it to point at.
  if (bytes.byteLength === 0) return refusal.invalidBody;
  try {
    return UTF8.decode(bytes);
  } catch {
    return invalidJson(invalidUtf8(bytes));
  }
}

/** As {@link readJsonObject}, once the text is known. */
export function readJsonText(text: string): ReadObject | Refusal {
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
