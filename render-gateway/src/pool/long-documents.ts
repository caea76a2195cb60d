import type { FeedDocument } from '@px0/contract';
import { LIMITS } from '../limits.js';

/** Stands for the text of a version that worker threads do not load. No document has it. */
export const NOT_FOR_WORKERS = '';

/**
 * What of a document the worker threads are told. To load a version takes time that grows with its
 * statements, up to half a second; during that a thread could answer nobody. So they know of a
 * long one that it is there, and have the pool render it.
 */
export function forWorkers(document: FeedDocument): FeedDocument {
  const { key, body } = document;
  if (body === null || !key.startsWith('version:') || isSoonLoaded(body)) return document;
  return { ...document, body: NOT_FOR_WORKERS };
}

/** @returns whether a version can be loaded within a millisecond or two, from its document's text */
export function isSoonLoaded(body: string): boolean {
  if (body.length > LIMITS.documentLengthInPlace) return false;
  let lists = 0;
  for (let at = body.indexOf('['); at >= 0; at = body.indexOf('[', at + 1)) {
    lists += 1;
    if (lists > LIMITS.documentListsInPlace) return false;
  }
  return true;
}
