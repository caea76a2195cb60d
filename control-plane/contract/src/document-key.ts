import type { Document, DocumentKind } from './documents.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SHAPES: Record<DocumentKind, RegExp> = {
  key: /^key:[0-9a-f]{64}$/,
  slug: new RegExp(`^slug:${UUID}:.+$`, 'su'),
  prompt: new RegExp(`^prompt:${UUID}$`),
  version: new RegExp(`^version:${UUID}:[1-9][0-9]{0,9}$`),
};

/** Keys under which documents stand in the feed, one form per kind. */
export const documentKey = {
  /** @param sha256Hex SHA-256 of the key's text, 64 lower-case hex digits */
  key: (sha256Hex: string): string => `key:${sha256Hex}`,
  slug: (orgId: string, slug: string): string => `slug:${orgId}:${slug}`,
  prompt: (promptId: string): string => `prompt:${promptId}`,
  version: (promptId: string, version: number): string => `version:${promptId}:${version}`,
};

/** Whether a document is a prompt's own: the prompt's, or one of its versions'. A slug's may be of several. */
export function isOwnDocument(promptId: string, key: string): boolean {
  return key === documentKey.prompt(promptId) || key.startsWith(`version:${promptId}:`);
}

/** The kind that a document key names, or undefined for text that is no document key. */
export function kindOfKey(key: string): DocumentKind | undefined {
  const kind = key.slice(0, key.indexOf(':'));
  return Object.hasOwn(SHAPES, kind) && SHAPES[kind as DocumentKind].test(key)
    ? (kind as DocumentKind)
    : undefined;
}

/**
 * The key under which a document belongs. A key document does not hold its own hash, so its key is
 * known only from outside.
 */
export function keyOfDocument(document: Exclude<Document, { kind: 'key' }>): string {
  switch (document.kind) {
    case 'slug':
      return documentKey.slug(document.org_id, document.slug);
    case 'prompt':
      return documentKey.prompt(document.id);
    case 'version':
      return documentKey.version(document.prompt_id, document.version);
  }
}
