import { decodeDocument } from './document-codec.js';
import { documentKey } from './document-key.js';
import type { FeedDocument } from './documents.js';

/**
 * Which document a render wants after this one: it goes from a slug to its prompt, and from there to the live version.
 * @returns its key; undefined where there is none, or more than one to choose from
 */
export function keyAhead({ key, body }: FeedDocument): string | undefined {
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
    // Of no use to anybody; whoever asked for it says so when reading it.
    return undefined;
  }
}
