import type { FeedDocument } from '@px0/contract';
import { LIMITS } from '../limits.js';

/** Stands for the text of a version that worker threads do not load. No document has it. */
export const NOT_FOR_WORKERS = '';

/**
 * What of a document the worker threads are told. To load a version takes time that grows with its
 * statements (`npm run bench -- costs` measures the longest); during that a thread could answer nobody. So they know of a
 * long one that it is there, and have the pool render it.
 */
export function forWorkers(document: FeedDocument): FeedDocument {
  const { key, body } = document;
  if (body === null || !key.startsWith('version:') || isSoonLoaded(body)) return document;
  return { ...document, body: NOT_FOR_WORKERS };
}

const [QUOTE, BACKSLASH, BRACKET, COLON] = [0x22, 0x5c, 0x5b, 0x3a];

/**
 * Lists cost most to load, then the keys of objects, of which the model's parameters may have many; then
 * numbers and whatever else stands outside of texts. A list or a key
 * takes up to a microsecond, a number of the longest kind a quarter of that.
 * @returns whether a version can be loaded within a millisecond or two, from its document's text
 */
export function isSoonLoaded(body: string): boolean {
  if (body.length > LIMITS.documentLengthInPlace) return false;
  let outside = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (code === QUOTE) at = endOfText(body, at);
    else if (code === BRACKET || code === COLON) parts += 1;
    outside += 1;
    if (parts > LIMITS.documentPartsInPlace || outside > LIMITS.documentOutsideInPlace) return false;
  }
  return true;
}

/** @param start of the quote before it. @returns the place of the one after it */
function endOfText(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return body.length;
}
