import type { FeedHead, FeedReader, FeedWriter } from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { createFeedReader } from '@px0/render-gateway';
import {
  createTestDatabase,
  databaseUrl,
  onServer,
  type RedisServer,
  startRedis,
  testRedis,
} from '@px0/test-bed';
import { Redis } from 'ioredis';
import pg from 'pg';

/** The head with which feeds begin in these tests. */
export const start: FeedHead = { epoch: 'first', revision: 10 };

/** What a feed is rebuilt of, some documents at a time. */
export async function* pages(documents: Record<string, string>, size = 2) {
  const entries = Object.entries(documents).map(([key, body]) => ({ key, body }));
  for (let start = 0; start < entries.length; start += size) yield entries.slice(start, start + size);
}

/** One place where a feed can live, with what its tests must do to it from outside. */
export interface House {
  readonly writer: FeedWriter;
  readonly reader: FeedReader;
  /** Whether a look-up sends along what renders want next. */
  readonly looksAhead: boolean;
  /** As if the store had just been set up. */
  empty(): Promise<void>;
  tearDown(): Promise<void>;
}

/** The houses of the feed. */
export const HOUSES: Record<string, () => Promise<House>> = {
  Redis: async () => {
    const { url: redisUrl, prefix: redisPrefix } = testRedis();
    const redis = new Redis(redisUrl);
    const options = { databaseUrl: 'postgres://nobody@127.0.0.1:1/none', redisUrl, redisPrefix };
    const empty = async () => {
      const keys = await redis.keys(`${redisPrefix}:*`);
      if (keys.length > 0) await redis.del(...keys);
    };
    return {
      writer: createFeedWriter(options),
      reader: createFeedReader(options),
      looksAhead: true,
      empty,
      tearDown: async () => {
        await empty();
        redis.disconnect();
      },
    };
  },
  Postgres: async () => {
    const database = await createTestDatabase();
    const options = { databaseUrl: database.url, redisPrefix: 'unused' };
    return {
      writer: createFeedWriter(options),
      reader: createFeedReader(options),
      looksAhead: false,
      empty: () => execute(database.url, 'delete from feed_head; delete from feed_documents'),
      tearDown: () => database.drop(),
    };
  },
};

async function execute(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

/** A house with a server that can be taken away. */
interface Server {
  readonly address: { databaseUrl: string; redisUrl?: string; redisPrefix: string };
  /** The head that stands once it is back. */
  readonly headAfter: FeedHead | undefined;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export const SERVERS: Record<string, () => Promise<Server>> = {
  Redis: async () => {
    const server: RedisServer = await startRedis();
    const address = {
      databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
      redisUrl: server.url,
      redisPrefix: 'px0',
    };
    return { ...server, address, headAfter: undefined, start: () => server.start({ empty: true }) };
  },
  Postgres: async () => {
    const database = await createTestDatabase();
    const server = databaseUrl(database.url, 'postgres');
    const name = new URL(database.url).pathname.slice(1);
    return {
      address: { databaseUrl: database.url, redisPrefix: 'unused' },
      headAfter: start,
      kill: async () => {
        await onServer(server, `alter database ${name} with allow_connections false`);
        await onServer(
          server,
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        );
      },
      start: () => onServer(server, `alter database ${name} with allow_connections true`),
      stop: () => database.drop(),
    };
  },
};
