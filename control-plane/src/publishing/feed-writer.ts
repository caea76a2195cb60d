import type { FeedWriter } from '@px0/contract';
import { PostgresFeedWriter } from './postgres-feed-writer.js';
import { RedisFeedWriter } from './redis-feed-writer.js';

interface FeedWriterOptions {
  /** The feed's house where there is no Redis. */
  readonly databaseUrl: string;
  /** The feed's house where it is given. */
  readonly redisUrl?: string | undefined;
  /** Lets several installations share one Redis. */
  readonly redisPrefix: string;
}

/** The writing half of the feed, in Redis if there is one, else in Postgres. Connects on first use. */
export function createFeedWriter({ databaseUrl, redisUrl, redisPrefix }: FeedWriterOptions): FeedWriter {
  return redisUrl === undefined
    ? new PostgresFeedWriter(databaseUrl)
    : new RedisFeedWriter(redisUrl, redisPrefix);
}
