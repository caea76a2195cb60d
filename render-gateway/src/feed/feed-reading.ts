import type { FeedDocument, FeedHead, FeedReader } from '@px0/contract';
import { isPast } from './follower-states.js';

/** Readings of everything that are begun anew because the feed moved away under them. */
const TRIES = 3;

/** Where the documents of a reading go. */
export interface ReadingSink {
  /** These are about to be told by {@link changed}: may take its time to look at them first. */
  arriving?(documents: readonly FeedDocument[]): Promise<void> | undefined;
  /** Newer states, by ascending revision. */
  changed(documents: readonly FeedDocument[]): void;
  /** A reading of everything begins, of the feed as it stood at `head` or later. */
  everythingFrom(head: FeedHead): void;
  /** Some of everything, in no order. */
  page(documents: readonly FeedDocument[]): void;
  /** That was everything: what was not named is gone. */
  everythingUpTo(head: FeedHead): void;
  /** There is no feed to go on to. @param head of the older copy that stands there, if one does */
  nothing?(head: FeedHead | undefined): void;
}

/**
 * Brings the sink from a position to where the feed stands: by the log if it reaches back, else by
 * reading everything, and the log of the time that took.
 *
 * @param isWanted asked after every answer; once it says no, nothing more is handed on
 * @returns the head reached; undefined if there is no feed to go on to: none stands, or an older copy
 */
export async function readFeed(
  reader: FeedReader,
  position: FeedHead | undefined,
  sink: ReadingSink,
  isWanted: () => boolean,
): Promise<FeedHead | undefined> {
  if (position !== undefined) {
    const reading = await reader.readSince(position);
    if (!isWanted()) return undefined;
    if (reading !== undefined) {
      await sink.arriving?.(reading.documents);
      if (!isWanted()) return undefined;
      sink.changed(reading.documents);
      return reading.head;
    }
  }
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const head = await reader.head();
    if (!isWanted()) return undefined;
    if (head === undefined || isPast(head, position)) {
      sink.nothing?.(head);
      return undefined;
    }
    sink.everythingFrom(head);
    for await (const page of reader.readAll(head.epoch)) {
      if (!isWanted()) return undefined;
      sink.page(page);
    }
    const reading = await reader.readSince(head);
    if (!isWanted()) return undefined;
    if (reading !== undefined) {
      await sink.arriving?.(reading.documents);
      if (!isWanted()) return undefined;
      sink.changed(reading.documents);
      sink.everythingUpTo(reading.head);
      return reading.head;
    }
  }
  throw new Error('the feed changes faster than it can be read');
}
