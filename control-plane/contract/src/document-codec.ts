import { keyOfDocument, kindOfKey } from './document-key.js';
import { DOCUMENT_FORMAT, type Document, type DocumentKind } from './documents.js';

/** A document that this build does not understand, or that is not what its key says. */
export class InvalidDocumentError extends Error {
  override readonly name = 'InvalidDocumentError';
  readonly key: string;
  /** What is wrong, without the key. Nothing of what the text holds is in it but the number of its format. */
  readonly problem: string;

  constructor(key: string, problem: string) {
    super(`feed document ${key}: ${problem}`);
    this.key = key;
    this.problem = problem;
  }
}

type Check = (value: unknown) => boolean;
type Fields = Readonly<Record<string, readonly [expected: string, check: Check]>>;

const isString: Check = (value) => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isVersionNumber: Check = (value) => Number.isSafeInteger(value) && (value as number) > 0;
const isOneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string);
const isNullOr =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const FIELDS: Record<DocumentKind, Fields> = {
  key: {
    id: ['a string', isString],
    org_id: ['a string', isString],
    team_ids: ['null or a list of strings', isNullOr(isListOf(isString))],
    operation: ['read_render, all or admin', isOneOf('read_render', 'all', 'admin')],
  },
  slug: {
    org_id: ['a string', isString],
    slug: ['a string', isString],
    prompts: [
      'a list of {team_id, prompt_id}',
      isListOf((entry) => isRecord(entry) && isString(entry.team_id) && isString(entry.prompt_id)),
    ],
  },
  prompt: {
    id: ['a string', isString],
    org_id: ['a string', isString],
    team_id: ['a string', isString],
    slug: ['a string', isString],
    live: ['null or a version number', isNullOr(isVersionNumber)],
    tags: [
      'version numbers by tag',
      (value) => isRecord(value) && Object.values(value).every(isVersionNumber),
    ],
  },
  version: {
    prompt_id: ['a string', isString],
    version: ['a version number', isVersionNumber],
    program: ['present', (value) => value !== undefined],
    missing: ['error, default or zero', isOneOf('error', 'default', 'zero')],
    model: ['null or a string', isNullOr(isString)],
    model_params: ['null or an object', isNullOr(isRecord)],
  },
};

/** @returns the JSON text under which the document travels */
export function encodeDocument(document: Document): string {
  return JSON.stringify({ format: DOCUMENT_FORMAT, ...document });
}

/**
 * Reads a document back, and checks every field of it: the store it comes from is shared ground.
 *
 * @param key the key it was found under
 * @throws {InvalidDocumentError} for text that is no document of this format, or of another key
 */
export function decodeDocument(key: string, body: string): Document {
  const kind = kindOfKey(key);
  if (kind === undefined) throw new InvalidDocumentError(key, 'is not a document key');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new InvalidDocumentError(key, 'is not JSON');
  }
  if (!isRecord(parsed)) throw new InvalidDocumentError(key, 'is not an object');
  if (parsed.format !== DOCUMENT_FORMAT) {
    const { format } = parsed;
    throw new InvalidDocumentError(
      key,
      `has the unknown format ${typeof format === 'number' ? format : ''}`.trimEnd(),
    );
  }
  if (parsed.kind !== kind) {
    throw new InvalidDocumentError(key, 'is of another kind than its key');
  }
  for (const [field, [expected, check]] of Object.entries(FIELDS[kind])) {
    if (!check(parsed[field])) {
      throw new InvalidDocumentError(key, `${field} must be ${expected}`);
    }
  }
  const document = parsed as unknown as Document;
  if (document.kind !== 'key' && keyOfDocument(document) !== key) {
    throw new InvalidDocumentError(key, 'holds the state of another document');
  }
  return document;
}
