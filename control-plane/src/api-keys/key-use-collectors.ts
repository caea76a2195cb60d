import {
  FeedUnavailableError,
  type KeyUse,
  type KeyUseCollector,
  postgresFeedLayout,
  redisFeedLayout,
} from '@px0/contract';
import type { Redis } from 'ioredis';
import type { Config } from '../config.js';
import { wordsOf } from '../database/connection-trouble.js';
import type { Queries } from '../database/database.js';
import { connected, openRedis } from '../database/open-redis.js';

/** Takes what gateways report from wherever they leave it: Redis if there is one, else Postgres. */
export function createKeyUseCollector(
  { redisUrl, redisPrefix }: Pick<Config, 'redisUrl' | 'redisPrefix'>,
  queries: Queries,
): KeyUseCollector {
  return redisUrl === undefined
    ? new PostgresKeyUseCollector(queries)
    : new RedisKeyUseCollector(redisUrl, redisPrefix);
}

class PostgresKeyUseCollector implements KeyUseCollector {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async take(): Promise<KeyUse[]> {
    const table = postgresFeedLayout.keyUses;
    try {
      // In the order of reports, and past those that are being written: neither waits for the other.
      return await this.#queries.query<KeyUse>(
        `delete from ${table} where api_key_id in (
           select api_key_id from ${table} order by api_key_id for update skip locked)
         returning api_key_id as id, (extract(epoch from used_at) * 1000)::float8 as at`,
      );
    } catch (cause) {
      throw unavailable('Postgres', cause);
    }
  }

  /** Nothing of its own is open. */
  async close(): Promise<void> {}
}

/** KEYS the hash. */
const TAKE = `
local uses = redis.call('HGETALL', KEYS[1])
redis.call('DEL', KEYS[1])
return uses
`;

class RedisKeyUseCollector implements KeyUseCollector {
  readonly #redis: Redis;
  readonly #key: string;

  constructor(url: string, prefix: string) {
    this.#key = redisFeedLayout(prefix).keyUses;
    this.#redis = openRedis(url, 'px0-key-uses');
  }

  async take(): Promise<KeyUse[]> {
    try {
      const redis = await connected(this.#redis);
      const fields = (await redis.eval(TAKE, 1, this.#key)) as string[];
      const uses: KeyUse[] = [];
      for (let index = 0; index + 1 < fields.length; index += 2) {
        uses.push({ id: fields[index] ?? '', at: Number(fields[index + 1]) });
      }
      return uses;
    } catch (cause) {
      this.#redis.disconnect();
      throw unavailable('Redis', cause);
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}

function unavailable(store: string, cause: unknown): FeedUnavailableError {
  const words = wordsOf(cause);
  return new FeedUnavailableError(`${store}: ${words}`, { cause });
}
