import {
  decodeReport,
  type FeedHead,
  FeedUnavailableError,
  type GatewayReport,
  postgresFeedLayout,
  REPORT_LIFE,
  redisFeedLayout,
} from '@px0/contract';
import type { Redis } from 'ioredis';
import type { Config } from '../config.js';
import { wordsOf } from '../database/connection-trouble.js';
import type { Queries } from '../database/database.js';
import { connected, openRedis } from '../database/open-redis.js';

/** What stands in the feed's house in one moment. */
export interface Standing {
  /** Undefined where no feed stands. */
  readonly head: FeedHead | undefined;
  /** The revisions of the documents asked for, by key. Absent ones are left out. */
  readonly revisions: ReadonlyMap<string, number>;
  /** Of the gateways that live. */
  readonly reports: readonly GatewayReport[];
}

/** Where documents stand and gateways report. Rejects with {@link FeedUnavailableError} when it does not answer. */
export interface FeedHouse {
  look(keys: readonly string[]): Promise<Standing>;
  close(): Promise<void>;
}

/** The feed's house: Redis if there is one, else Postgres. Connects on first use. */
export function createFeedHouse(
  { redisUrl, redisPrefix }: Pick<Config, 'redisUrl' | 'redisPrefix'>,
  queries: Queries,
): FeedHouse {
  return redisUrl === undefined ? new PostgresFeedHouse(queries) : new RedisFeedHouse(redisUrl, redisPrefix);
}

class PostgresFeedHouse implements FeedHouse {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async look(keys: readonly string[]): Promise<Standing> {
    const { head, documents, gateways } = postgresFeedLayout;
    try {
      const [row] = await this.#queries.query<{
        head: FeedHead | null;
        revisions: Record<string, number>;
        reports: readonly string[];
      }>(
        `select
           (select json_build_object('epoch', epoch, 'revision', revision) from ${head}) as head,
           (select coalesce(json_object_agg(key, revision), '{}') from ${documents}
            where key = any ($1::text[]) and body is not null) as revisions,
           (select coalesce(json_agg(report), '[]') from ${gateways}
            where abs(extract(epoch from clock_timestamp() - reported_at)) * 1000 <= $2) as reports`,
        [keys, REPORT_LIFE],
      );
      return {
        head: row?.head ?? undefined,
        revisions: new Map(Object.entries(row?.revisions ?? {})),
        reports: (row?.reports ?? []).flatMap((text) => decodeReport(text) ?? []),
      };
    } catch (cause) {
      throw unavailable('Postgres', cause);
    }
  }

  /** Nothing of its own is open. */
  async close(): Promise<void> {}
}

/**
 * KEYS head, gateways, documents of an epoch. ARGV that epoch, how long reports live, then document keys.
 * Answers the head that stands, the documents' revisions if it is of this epoch, and the reports that live.
 * A document's text does not leave the server: it may be of several megabytes.
 */
const LOOK = `
local head = redis.call('HMGET', KEYS[1], 'epoch', 'revision')
local epoch = head[1] or ''
local revisions = {}
if epoch == ARGV[1] then
  for i = 3, #ARGV do
    local stored = redis.call('HGET', KEYS[3], ARGV[i])
    revisions[i - 2] = stored and string.match(stored, '^(%d+):') or ''
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HGETALL', KEYS[2])
local reports = {}
for i = 1, #stored, 2 do
  local at, report = string.match(stored[i + 1], '^(%d+):(.*)$')
  if at and math.abs(now - tonumber(at)) <= tonumber(ARGV[2]) then
    reports[#reports + 1] = report
  else
    redis.call('HDEL', KEYS[2], stored[i])
  end
end
return {epoch, head[2] or '', revisions, reports}
`;

/** Tries that find the epoch changed under them. */
const EPOCH_TRIES = 3;

class RedisFeedHouse implements FeedHouse {
  readonly #redis: Redis;
  readonly #layout: ReturnType<typeof redisFeedLayout>;
  #epoch = '';

  constructor(url: string, prefix: string) {
    this.#layout = redisFeedLayout(prefix);
    this.#redis = openRedis(url, 'px0-rollouts');
  }

  async look(keys: readonly string[]): Promise<Standing> {
    try {
      const redis = await connected(this.#redis);
      for (let attempt = 0; attempt < EPOCH_TRIES; attempt++) {
        const [epoch, revision, revisions, reports] = await this.#look(redis, keys);
        if (epoch === this.#epoch) {
          const known = keys.flatMap((key, index) => {
            const found = revisions[index];
            return found ? [[key, Number(found)] as const] : [];
          });
          return {
            head: epoch === '' ? undefined : { epoch, revision: Number(revision) },
            revisions: new Map(known),
            reports: reports.flatMap((text) => decodeReport(text) ?? []),
          };
        }
        this.#epoch = epoch;
      }
      throw new Error('the epoch changes faster than it can be read');
    } catch (cause) {
      this.#redis.disconnect();
      throw unavailable('Redis', cause);
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  async #look(
    redis: Redis,
    keys: readonly string[],
  ): Promise<[epoch: string, revision: string, revisions: string[], reports: string[]]> {
    const { head, gateways, documents } = this.#layout;
    const names = [head, gateways, documents(this.#epoch)];
    const answer = await redis.eval(LOOK, names.length, ...names, this.#epoch, REPORT_LIFE, ...keys);
    return answer as [string, string, string[], string[]];
  }
}

function unavailable(store: string, cause: unknown): FeedUnavailableError {
  return new FeedUnavailableError(`${store}: ${wordsOf(cause)}`, { cause });
}
