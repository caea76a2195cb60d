import { decodeDocument, documentKey, type FeedDocument } from '@px0/contract';
import type { Lookup } from '../feed/lookups.js';

/** Must not reject. */
type Find = (key: string) => Promise<Lookup>;

/**
 * Looks a document up, and then what whoever asked for it is going to ask for: found before it is asked
 * for, it spares the request a way to this thread and back.
 *
 * @param told of each document that is known, in this order; of the one that was asked for also if it is not
 */
export async function findAhead(
  key: string,
  find: Find,
  told: (key: string, lookup: Lookup) => void,
): Promise<void> {
  for (let next: string | undefined = key; next !== undefined; ) {
    const lookup = await find(next);
    if (lookup.known || next === key) told(next, lookup);
    next = lookup.known ? nextDocument(lookup.document) : undefined;
  }
}

/**
 * Which document a render wants after this one: it goes from a slug to its prompt, and from there to the live version.
 * @returns its key; undefined where there is none, or more than one to choose from
 */
function nextDocument({ key, body }: FeedDocument): string | undefined {
  if (body === null || !(key.startsWith('slug:') || key.startsWith('prompt:'))) return undefined;
  try {
    const document = decodeDocument(key, body);
    if (document.kind === 'slug') {
      const [only, ...others] = document.prompts;
      return only === undefined || others.length > 0 ? undefined : documentKey.prompt(only.prompt_id);
    }
    if (document.kind !== 'prompt' || document.live === null) return undefined;
    return documentKey.version(document.id, document.live);
  } catch {
    // Of no use to anybody; the thread that asked for it says so when it reads it.
    return undefined;
  }
}
