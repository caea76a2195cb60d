import { NAME_LIMIT } from '../http/parameters.js';

const SLUG = new RegExp(`^[\\p{L}\\p{Nd}_]{1,${NAME_LIMIT}}$`, 'u');

/**
 * Lower case, every run of characters that are neither letters nor digits (of any script) one `_`,
 * none at either end.
 *
 * @returns undefined if nothing is left, or more than a slug may hold
 */
export function normalizeSlug(text: string): string | undefined {
  const slug = text
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, '_')
    .replace(/^_|_$/g, '');
  return SLUG.test(slug) ? slug : undefined;
}

/** Whether a text can be a slug at all; what cannot is not worth a look-up. */
export function isSlug(text: string): boolean {
  return SLUG.test(text);
}
