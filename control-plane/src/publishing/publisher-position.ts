import { DOCUMENT_FORMAT, type FeedHead } from '@px0/contract';
import { PROGRAM_FORMAT } from '@px0/template-engine';

/** What this build writes into a feed: the format of its documents, and of the programs in them. */
export const FEED_FORMAT = `${DOCUMENT_FORMAT}/${PROGRAM_FORMAT}`;

/** What the database remembers of the publisher, whoever was it. */
export interface PublisherState {
  /** Null before the first feed. */
  readonly epoch: string | null;
  /** The {@link FEED_FORMAT} of the publisher that wrote the epoch; null if it did not say. */
  readonly format: string | null;
  /** No revision up to this one may be used again: it may have been seen. */
  readonly reserved: number;
  /** The feed held all documents up to this revision, for sure. */
  readonly confirmed: number;
  /** The server on which the epoch was begun, or gone on with, last; null if that was not said. */
  readonly server: string | null;
  /** The server that tells this: another one after each restart, restore and failover. */
  readonly serverNow: string;
}

/** What a publisher remembers in its own memory, which no copy brings back. */
export interface OwnMemory {
  /** The head that it wrote last, or went on from. */
  readonly head: FeedHead;
  /** Whether it has held the lock since, or has lost it so lately that no other can have written and been undone. */
  readonly isLatest: boolean;
}

export type Examination =
  /** The feed is the one that this database's publisher left, in the format of this build: it goes on. */
  | { readonly verdict: 'continue'; readonly head: FeedHead }
  | { readonly verdict: 'rebuild'; readonly reason: string; readonly revision: number };

/**
 * Whether a feed can go on. If not, either side of it was emptied, restored or replaced, or another
 * build has written it in a format of its own, and a new epoch begins.
 *
 * Where database and feed were restored to copies that fit each other, only the server that runs the database
 * is another one. So it is after a mere restart: then the publisher that was at work before goes on, as its own
 * memory tells that nothing is lost, and any other begins a new epoch.
 *
 * The new epoch's revision is above all that either side remembers, and not below the clock: where
 * database and feed were both restored, neither remembers what gateways have seen, but revisions
 * grow far slower than by one a millisecond.
 *
 * @param now Unix time in milliseconds
 * @param own undefined for a publisher that has not been at work yet
 */
export function examine(
  state: PublisherState,
  head: FeedHead | undefined,
  now: number,
  own?: OwnMemory,
): Examination {
  const reason = reasonToRebuild(state, head, own);
  if (reason === undefined && head !== undefined) return { verdict: 'continue', head };
  const seen = Math.max(state.reserved, head?.revision ?? 0, own?.head.revision ?? 0);
  const revision = Math.max(seen + 1, Math.floor(now));
  return { verdict: 'rebuild', reason: reason ?? 'there is no feed', revision };
}

function reasonToRebuild(
  state: PublisherState,
  head: FeedHead | undefined,
  own: OwnMemory | undefined,
): string | undefined {
  if (head === undefined) return state.epoch === null ? 'there is no feed yet' : 'the feed is gone';
  if (head.epoch !== state.epoch) return 'the feed was replaced by another';
  if (state.format !== FEED_FORMAT) return 'the feed is of another format';
  if (head.revision < state.confirmed) return 'the feed was restored from an older copy';
  if (head.revision > state.reserved) return 'the database was restored from an older copy';
  const isOwnEpoch = own?.head.epoch === head.epoch;
  if (isOwnEpoch && own.head.revision > head.revision) return 'database and feed were restored';
  if (state.server === state.serverNow) return undefined;
  if (isOwnEpoch && own.head.revision === head.revision && own.isLatest) return undefined;
  return 'the database may have been restored together with the feed';
}
