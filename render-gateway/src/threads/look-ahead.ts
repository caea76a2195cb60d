import { keyAhead } from '@px0/contract';
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
    next = lookup.known ? keyAhead(lookup.document) : undefined;
  }
}
