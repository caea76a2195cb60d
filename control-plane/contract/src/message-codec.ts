import type { FeedDocument } from './documents.js';
import type { FeedMessage } from './feed.js';

/** @returns the text that the bell carries */
export function encodeMessage(message: FeedMessage): string {
  const { epoch, revision, previous, documents } = message;
  return JSON.stringify({
    epoch,
    revision,
    previous,
    documents: documents?.map((document) => [document.key, document.revision, document.body]),
  });
}

/**
 * @returns the message, or undefined for text that is none: a bell that cannot be understood is
 * treated like one that was not heard
 */
export function decodeMessage(text: string): FeedMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { epoch, revision, previous, documents } = parsed as Record<string, unknown>;
  if (typeof epoch !== 'string' || !isRevision(revision) || !isRevision(previous)) return undefined;
  if (previous > revision) return undefined;
  if (documents === undefined) return { epoch, revision, previous };
  if (!Array.isArray(documents)) return undefined;
  const read: FeedDocument[] = [];
  for (const entry of documents as unknown[]) {
    if (!Array.isArray(entry)) return undefined;
    const [key, documentRevision, body] = entry as unknown[];
    if (typeof key !== 'string' || !isRevision(documentRevision)) return undefined;
    if (body !== null && typeof body !== 'string') return undefined;
    read.push({ key, revision: documentRevision, body });
  }
  return { epoch, revision, previous, documents: read };
}

function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
