import type { FeedReader } from '@px0/contract';
import { PostgresFeedReader } from './postgres-feed-reader.js';
import { RedisFeedReader } from './redis-feed-reader.js';

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
export function createFeedReader({ databaseUrl, redisUrl, redisPrefix }: FeedReaderOptions): FeedReader {
  if (redisUrl !== undefined) return new RedisFeedReader(redisUrl, redisPrefix);
  if (databaseUrl !== undefined) return new PostgresFeedReader(databaseUrl);
  throw new TypeError('a feed reader needs the address of Redis or of Postgres');
}
