import type { FeedReader } from '@px0/contract';

export interface FeedReaderOptions {
  /** The feed's house where there is no Redis. */
  readonly databaseUrl?: string | undefined;
  /** The feed's house where it is given. */
  readonly redisUrl?: string | undefined;
  /** Lets several installations share one Redis. */
  readonly redisPrefix: string;
}

/**
 * The reading half of the feed, from Redis if there is one, else from Postgres. Connects on first use.
 * @throws {TypeError} without either address
 */
export function createFeedReader(_options: FeedReaderOptions): FeedReader {
  throw new Error('not yet');
}
