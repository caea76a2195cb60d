import type { JsonObject, JsonValue } from '@px0/template-engine';
import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { isReadInPlace, type RequestBody, readJsonObject, requestBodyOf } from '../render/request-body.js';
import { asId, type Target } from '../render/target.js';
import { elementsOf, membersOf, type Span } from './json-outline.js';

/** What names a render, and the refusal of what is longer than any such name. */
const NAMES: Readonly<Record<string, Refusal>> = {
  slug: refusal.promptNotFound,
  version: refusal.versionNotFound,
  team_id: refusal.invalidId,
};

/** One render of a batch. */
export interface BatchRender {
  readonly target: Target | Refusal;
  readonly body: RequestBody;
}

/** Reads one render. That is done one by one, for all of them together may take long. */
export type ReadRender = () => BatchRender;

/**
 * Reads a batch's body: `{"renders": […]}`, 1 to {@link LIMITS.batchRenders} of them. What is wrong with
 * one of them shows when it is read, and only there. A short body must be JSON as a whole; of a long one,
 * which takes too long to read at once, nothing is read but the renders.
 */
export function readBatch(bytes: Uint8Array<ArrayBuffer>): readonly ReadRender[] | Refusal {
  if (isReadInPlace(bytes)) {
    const whole = readJsonObject(bytes);
    if ('code' in whole) return whole;
  }
  const members = membersOf(bytes, { start: 0, end: bytes.byteLength }, ['renders'], LIMITS.membersOutlined);
  if (members === undefined) return refusal.invalidBody;
  const list = members.get('renders');
  const renders = list && elementsOf(bytes, list, LIMITS.batchRenders + 1);
  if (renders === undefined || renders.length === 0 || renders.length > LIMITS.batchRenders) {
    return refusal.invalidRenders;
  }
  return renders.map(
    ({ start, end }): ReadRender =>
      () =>
        readRender(bytes.subarray(start, end)),
  );
}

function readRender(bytes: Uint8Array<ArrayBuffer>): BatchRender {
  if (!isReadInPlace(bytes)) return readLongRender(bytes);
  const read = readJsonObject(bytes);
  if ('code' in read) return { target: read, body: { refused: read } };
  return { target: targetOf(read.object), body: requestBodyOf(read) };
}

function readLongRender(bytes: Uint8Array<ArrayBuffer>): BatchRender {
  const members = membersOf(
    bytes,
    { start: 0, end: bytes.byteLength },
    Object.keys(NAMES),
    LIMITS.membersOutlined,
  );
  if (members === undefined) return { target: refusal.invalidBody, body: { refused: refusal.invalidBody } };
  const object: Record<string, JsonValue> = {};
  for (const [name, span] of members) {
    if (span.end - span.start > LIMITS.longestName) {
      return { target: NAMES[name] ?? refusal.invalidBody, body: { unread: bytes } };
    }
    const value = readShort(bytes, span);
    if (value === undefined) return { target: refusal.invalidBody, body: { unread: bytes } };
    object[name] = value;
  }
  return { target: targetOf(object), body: { unread: bytes } };
}

/** @returns undefined for what is no JSON */
function readShort(bytes: Uint8Array, { start, end }: Span): JsonValue | undefined {
  const read = readJsonObject(
    Buffer.concat([Buffer.from('{"value":'), bytes.subarray(start, end), Buffer.from('}')]),
  );
  return 'code' in read ? undefined : read.object.value;
}

function targetOf({ slug = '', version, team_id: team = '' }: JsonObject): Target | Refusal {
  if (typeof slug !== 'string') return refusal.invalidBody;
  if (slug === '') return refusal.slugRequired;
  if (version !== undefined && typeof version !== 'number' && typeof version !== 'string') {
    return refusal.invalidBody;
  }
  const teamId = typeof team === 'string' ? asId(team) : undefined;
  if (teamId === undefined && team !== '') return refusal.invalidId;
  return { slugOrId: slug, version: version === undefined ? undefined : String(version), teamId };
}
