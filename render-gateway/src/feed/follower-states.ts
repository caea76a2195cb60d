import type { FeedHead, FeedMessage } from '@px0/contract';

/**
 * The follower's decisions, without its doings. FEED.md shows the same table and tells the meaning of
 * states, events and actions; a test holds the two together.
 */

export const FOLLOWER_STATES = ['stopped', 'subscribing', 'syncing', 'following', 'waiting', 'lost'] as const;
export type FollowerState = (typeof FOLLOWER_STATES)[number];

export const FOLLOWER_EVENTS = [
  'start',
  'subscribed',
  'known',
  'next',
  'gap',
  'epoch',
  'foreign',
  'synced',
  'nothing',
  'failed',
  'silence',
  'lost',
  'retry',
  'stop',
] as const;
export type FollowerEvent = (typeof FOLLOWER_EVENTS)[number];

export const FOLLOWER_ACTIONS = [
  'subscribe',
  'read',
  'buffer',
  'apply',
  'hear',
  'replay',
  'close',
  'back off',
  'forget',
] as const;
export type FollowerAction = (typeof FOLLOWER_ACTIONS)[number];

export interface Cell {
  readonly next: FollowerState;
  readonly actions: readonly FollowerAction[];
}

type Row = Readonly<Record<FollowerEvent, Cell>>;

function row(state: FollowerState, cells: Partial<Record<FollowerEvent, Cell>>): Row {
  const nothing: Cell = { next: state, actions: [] };
  return Object.fromEntries(FOLLOWER_EVENTS.map((event) => [event, cells[event] ?? nothing])) as Row;
}

const to = (next: FollowerState, ...actions: FollowerAction[]): Cell => ({ next, actions });

const BUFFER_WHILE = (state: FollowerState) => ({
  known: to(state, 'buffer'),
  next: to(state, 'buffer'),
  gap: to(state, 'buffer'),
  epoch: to(state, 'buffer'),
});

/** What follows from each event in each state. An event that a state does not name changes nothing. */
export const FOLLOWER_TABLE: Readonly<Record<FollowerState, Row>> = {
  stopped: row('stopped', {
    start: to('subscribing', 'subscribe'),
  }),
  subscribing: row('subscribing', {
    ...BUFFER_WHILE('subscribing'),
    subscribed: to('syncing', 'read'),
    failed: to('lost', 'close', 'back off'),
    lost: to('lost', 'close', 'back off'),
    stop: to('stopped', 'close'),
  }),
  syncing: row('syncing', {
    ...BUFFER_WHILE('syncing'),
    synced: to('following', 'hear', 'replay'),
    nothing: to('waiting', 'hear', 'replay'),
    failed: to('lost', 'close', 'back off'),
    lost: to('lost', 'close', 'back off'),
    stop: to('stopped', 'close'),
  }),
  following: row('following', {
    known: to('following', 'hear'),
    next: to('following', 'apply', 'hear'),
    gap: to('syncing', 'read'),
    epoch: to('syncing', 'read'),
    silence: to('subscribing', 'close', 'subscribe'),
    lost: to('lost', 'close', 'back off'),
    stop: to('stopped', 'close'),
  }),
  waiting: row('waiting', {
    known: to('syncing', 'read'),
    next: to('syncing', 'read'),
    gap: to('syncing', 'read'),
    epoch: to('syncing', 'read'),
    foreign: to('syncing', 'forget', 'read'),
    silence: to('subscribing', 'close', 'subscribe'),
    lost: to('lost', 'close', 'back off'),
    stop: to('stopped', 'close'),
  }),
  lost: row('lost', {
    retry: to('subscribing', 'subscribe'),
    stop: to('stopped', 'close'),
  }),
};

/** What a message is to a follower that stands at `position`. */
export function classify(
  message: FeedMessage,
  position: FeedHead | undefined,
): 'known' | 'next' | 'gap' | 'epoch' {
  if (position === undefined) return 'epoch';
  if (isPast(message, position)) return 'known';
  if (message.epoch !== position.epoch) return 'epoch';
  if (message.revision === position.revision) return 'known';
  return message.documents !== undefined && message.previous <= position.revision ? 'next' : 'gap';
}

/**
 * Whether a head lies behind a position: then it is that of an older copy, or of a message that came
 * late. Revisions never go back, so this holds whatever the epoch; and an epoch that begins where we
 * already stand is none that we could go on to.
 */
export function isPast(head: FeedHead, position: FeedHead | undefined): boolean {
  if (position === undefined) return false;
  return head.epoch === position.epoch
    ? head.revision < position.revision
    : head.revision <= position.revision;
}

/**
 * What a message tells of a head that was found in the store: that its publisher lives, which stands at this
 * head or has gone on from it; nothing, as it is an earlier one of the same history; or of another feed.
 */
export function relationTo(
  head: FeedHead | undefined,
  { epoch, revision, previous }: FeedMessage,
): 'alive' | 'earlier' | 'other' {
  if (epoch !== head?.epoch) return 'other';
  if (revision === head.revision || previous === head.revision) return 'alive';
  return revision < head.revision ? 'earlier' : 'other';
}
