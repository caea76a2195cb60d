import {
  encodeReport,
  type GatewayReport,
  type GatewayReporter,
  postgresFeedLayout,
  REPORT_LIFE,
  redisFeedLayout,
} from '@px0/contract';
import pg from 'pg';
import type { FeedReaderOptions } from '../feed/feed-reader.js';
import { connectionOptions, unavailable as postgresUnavailable } from '../feed/postgres-feed-reader.js';
import { RedisConnection } from '../feed/redis-connection.js';

/**
 * Leaves a gateway's report where the feed lives, under the time of the store's own clock. Connects on
 * first use, and on a connection of its own: however long it takes, the feed does not wait for it.
 * @throws {TypeError} without the address of either house
 */
export function createGatewayReporter({
  databaseUrl,
  redisUrl,
  redisPrefix,
}: FeedReaderOptions): GatewayReporter {
  if (redisUrl !== undefined) return new RedisGatewayReporter(redisUrl, redisPrefix);
  if (databaseUrl !== undefined) return new PostgresGatewayReporter(databaseUrl);
  throw new TypeError('a gateway reporter needs the address of Redis or of Postgres');
}

/**
 * KEYS the hash. ARGV gateway, report, how long reports live, whether this is the first one: gateways
 * that were killed left theirs, and were followed by others, so looking then is often enough. All of it
 * goes when nobody reports any more.
 */
const REPORT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', now) .. ':' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3] * 4)
if ARGV[4] == '1' then
  local reports = redis.call('HGETALL', KEYS[1])
  for i = 1, #reports, 2 do
    local at = tonumber(string.match(reports[i + 1], '^(%d+):')) or 0
    if math.abs(now - at) > tonumber(ARGV[3]) then redis.call('HDEL', KEYS[1], reports[i]) end
  end
end
`;

class RedisGatewayReporter implements GatewayReporter {
  readonly #connection: RedisConnection;
  readonly #key: string;
  #isFirst = true;

  constructor(url: string, prefix: string) {
    this.#connection = new RedisConnection(url);
    this.#key = redisFeedLayout(prefix).gateways;
  }

  async report(report: GatewayReport): Promise<void> {
    const isFirst = this.#isFirst ? '1' : '0';
    await this.#connection.use((redis) =>
      redis.eval(REPORT, 1, this.#key, report.gateway, encodeReport(report), REPORT_LIFE, isFirst),
    );
    this.#isFirst = false;
  }

  async remove(gateway: string): Promise<void> {
    await this.#connection.use((redis) => redis.hdel(this.#key, gateway));
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

const TABLE = postgresFeedLayout.gateways;
const UPSERT = `
  insert into ${TABLE} (gateway, reported_at, report) values ($1, clock_timestamp(), $2)
  on conflict (gateway) do update set reported_at = excluded.reported_at, report = excluded.report`;
const CLEAN = `
  delete from ${TABLE} where gateway in (
    select gateway from ${TABLE}
    where abs(extract(epoch from clock_timestamp() - reported_at)) * 1000 > $1
    for update skip locked)`;

class PostgresGatewayReporter implements GatewayReporter {
  readonly #pool: pg.Pool;
  #isFirst = true;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ ...connectionOptions(databaseUrl, 'px0-gateway-reports'), max: 1 });
    // A pooled connection that breaks while nobody uses it leaves the pool; the next query makes another.
    this.#pool.on('error', () => {});
  }

  async report(report: GatewayReport): Promise<void> {
    await this.#query(UPSERT, [report.gateway, encodeReport(report)]);
    if (this.#isFirst) await this.#query(CLEAN, [REPORT_LIFE]);
    this.#isFirst = false;
  }

  async remove(gateway: string): Promise<void> {
    await this.#query(`delete from ${TABLE} where gateway = $1`, [gateway]);
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #query(statement: string, values: unknown[]): Promise<void> {
    try {
      await this.#pool.query(statement, values);
    } catch (cause) {
      throw postgresUnavailable(cause);
    }
  }
}
