/** What the nemesis does. */
export const DEEDS = [
  'call refused',
  'answer lost',
  'call late',
  'answer slow',
  'call silent',
  'crash at an await',
  'message dropped',
  'message doubled',
  'message delayed',
  'message overtaken',
  'gateway cut off',
  'publisher cut off from the store',
  'publisher cut off from the database',
  'subscription closed',
  'subscription half-open',
  'store emptied',
  'store restored',
  'database restored',
  'both restored to copies that fit',
  'lock lost unknowingly',
  'two publishers at once',
  'publisher replaced',
  'gateway restarted',
  'gateway with a snapshot of another feed',
  'thread replaced',
  'asked amid a change',
] as const;
export type Deed = (typeof DEEDS)[number];

/** Counts of what took place, of one history or of many. */
export interface Tally {
  readonly deeds: Record<Deed, number>;
  /** By `<state> × <event>` of the follower. */
  readonly cells: Record<string, number>;
  /** Answers of gateways that were judged, and what happened to what they are about. */
  answers: number;
  changes: number;
}

export function newTally(): Tally {
  return {
    deeds: Object.fromEntries(DEEDS.map((deed) => [deed, 0])) as Record<Deed, number>,
    cells: {},
    answers: 0,
    changes: 0,
  };
}

export function addTally(sum: Tally, part: Tally): void {
  for (const deed of DEEDS) sum.deeds[deed] += part.deeds[deed];
  for (const [cell, count] of Object.entries(part.cells)) sum.cells[cell] = (sum.cells[cell] ?? 0) + count;
  sum.answers += part.answers;
  sum.changes += part.changes;
}
