/** An entry of a list, beside its key. */
const ENTRY_BYTES = 160;

/** What it takes to remember that nothing stands under a key, at most: callers choose what they ask for. */
export function bytesOfAbsence(key: string): number {
  return ENTRY_BYTES + 2 * key.length;
}
