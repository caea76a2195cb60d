import { randomUUID } from 'node:crypto';
import {
  type FeedDocument,
  type FeedHead,
  type FeedReader,
  type FeedWriter,
  systemClock,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { type RedisServer, startRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { FeedFollower } from '#feed/feed-follower.js';
import { createFeedReader } from '#feed/feed-reader.js';

export const document = (revision: number, key: string, body: string | null): FeedDocument => ({
  key,
  revision,
  body,
});
export const start: FeedHead = { epoch: 'first', revision: 10 };

/** A feed in a Redis that may be killed, and who follows it: both made anew for each test, under a prefix of its own. */
class FollowedFeed {
  readonly server: RedisServer;
  readonly prefix = randomUUID();
  readonly redis: Redis;
  readonly writer: FeedWriter;
  readonly reader: FeedReader;
  /** What the reader was asked for. */
  readonly asked = { readSince: 0, readAll: 0, lookUp: 0 };
  readonly logged: { level: number; msg: string }[] = [];
  follower: FeedFollower;
  changes: FeedDocument[] = [];
  evicted: string[] = [];

  constructor(server: RedisServer) {
    this.server = server;
    this.redis = new Redis(server.url);
    this.redis.on('error', () => {}); // tests take the server away under it
    const house = { redisUrl: server.url, redisPrefix: this.prefix };
    this.writer = createFeedWriter({ databaseUrl: 'postgres://unused', ...house });
    this.reader = counting(createFeedReader(house), this.asked);
    this.follower = this.#create(1_000_000);
  }

  /** Another follower, that holds no more than so many bytes, takes the place of the first one. */
  follow(maxBytes: number): void {
    this.follower = this.#create(maxBytes);
  }

  async close(): Promise<void> {
    await this.follower.stop();
    await this.reader.close();
    await this.writer.close();
    this.redis.disconnect();
  }

  rebuild(head: FeedHead, documents: Record<string, string>): Promise<FeedHead | 'diverged'> {
    return this.writer.rebuild(head, page(documents));
  }

  async append(head: FeedHead, ...documents: FeedDocument[]): Promise<FeedHead> {
    const result = await this.writer.append(head, documents);
    if (result === 'diverged') throw new Error('diverged');
    return result;
  }

  /** Waits until the follower stands at this head. */
  reached(head: FeedHead, limit = 5_000): Promise<true> {
    const look = async () => {
      const { state, position } = this.follower.status();
      const isThere = position?.epoch === head.epoch && position.revision === head.revision;
      return state === 'following' && isThere ? true : undefined;
    };
    return until(`revision ${head.revision} of ${head.epoch}`, look, limit);
  }

  inState(state: string): Promise<true> {
    return until(`state ${state}`, async () => (this.follower.status().state === state ? true : undefined));
  }

  async bodyOf(key: string): Promise<string | null | 'unknown'> {
    const lookup = await this.follower.find(key);
    return lookup.known ? lookup.document.body : 'unknown';
  }

  #create(maxBytes: number): FeedFollower {
    return new FeedFollower({
      reader: this.reader,
      maxBytes,
      clock: systemClock,
      log: pino({}, { write: (line: string) => void this.logged.push(JSON.parse(line)) }),
      onChange: (documents) => this.changes.push(...documents),
      onEvict: (key) => this.evicted.push(key),
    });
  }
}

/** Makes one for each test of a file. @returns the one of the test that runs */
export function followedFeeds(): () => FollowedFeed {
  let server: RedisServer;
  let feed: FollowedFeed;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(() => {
    feed = new FollowedFeed(server);
  });
  afterEach(async () => {
    await feed.close();
  });
  return () => feed;
}

function counting(inner: FeedReader, asked: FollowedFeed['asked']): FeedReader {
  return new Proxy(inner, {
    get(target, property) {
      if (Object.hasOwn(asked, property)) asked[property as keyof typeof asked]++;
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function* page(documents: Record<string, string>) {
  yield Object.entries(documents).map(([key, body]) => ({ key, body }));
}
