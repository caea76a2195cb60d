import { type KeyUse, type KeyUseReporter, postgresFeedLayout, redisFeedLayout } from '@px0/contract';
import pg from 'pg';
import type { FeedReaderOptions } from '../feed/feed-reader.js';
import { connectionOptions, unavailable as postgresUnavailable } from '../feed/postgres-feed-reader.js';
import { RedisConnection } from '../feed/redis-connection.js';

/**
 * Leaves word of keys in use where the feed lives. Connects on first use, and on a connection of its
 * own: however long it takes, the feed does not wait for it.
 * @throws {TypeError} without the address of either house
 */
export function createKeyUseReporter({
  databaseUrl,
  redisUrl,
  redisPrefix,
}: FeedReaderOptions): KeyUseReporter {
  if (redisUrl !== undefined) return new RedisKeyUseReporter(redisUrl, redisPrefix);
  if (databaseUrl !== undefined) return new PostgresKeyUseReporter(databaseUrl);
  throw new TypeError('a key use reporter needs the address of Redis or of Postgres');
}

/** KEYS the hash. ARGV for each key its id, and when it was used. */
const REPORT = `
for i = 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or tonumber(known) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
`;

class RedisKeyUseReporter implements KeyUseReporter {
  readonly #connection: RedisConnection;
  readonly #key: string;

  constructor(url: string, prefix: string) {
    this.#connection = new RedisConnection(url);
    this.#key = redisFeedLayout(prefix).keyUses;
  }

  async report(uses: readonly KeyUse[]): Promise<void> {
    const fields = uses.flatMap(({ id, at }) => [id, at]);
    await this.#connection.use((redis) => redis.eval(REPORT, 1, this.#key, ...fields));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

const TABLE = postgresFeedLayout.keyUses;
// By id, as the control plane takes them: so nobody who holds one waits for another.
const UPSERT = `
  insert into ${TABLE} as known (api_key_id, used_at)
  select id, to_timestamp(ms / 1000) from unnest($1::uuid[], $2::float8[]) as use (id, ms) order by id
  on conflict (api_key_id) do update set used_at = greatest(known.used_at, excluded.used_at)`;

class PostgresKeyUseReporter implements KeyUseReporter {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ ...connectionOptions(databaseUrl, 'px0-gateway-key-uses'), max: 1 });
    // A pooled connection that breaks while nobody uses it leaves the pool; the next query makes another.
    this.#pool.on('error', () => {});
  }

  async report(uses: readonly KeyUse[]): Promise<void> {
    try {
      await this.#pool.query(UPSERT, [uses.map(({ id }) => id), uses.map(({ at }) => at)]);
    } catch (cause) {
      throw postgresUnavailable(cause);
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
