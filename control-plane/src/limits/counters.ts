import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate } from '../config.js';

/** Counts within fixed windows of time, each of which begins with its first count. */
export interface Counter {
  /**
   * Counts one, if there is room for it: what is refused is not counted.
   *
   * @returns undefined, or milliseconds until there is room
   */
  take(key: string): Promise<number | undefined>;
  /** Takes one count back. */
  giveBack(key: string): Promise<void>;
  /** Forgets all counts. */
  clear(key: string): Promise<void>;
}

/** A counter of this process's own. */
export class MemoryCounter implements Counter {
  readonly #limiter: RateLimiterMemory;

  constructor({ count, seconds }: Rate) {
    this.#limiter = new RateLimiterMemory({ points: count, duration: seconds });
  }

  async take(key: string): Promise<number | undefined> {
    const wait = await waitOf(this.#limiter.consume(key));
    if (wait !== undefined) await this.#limiter.reward(key);
    return wait;
  }

  async giveBack(key: string): Promise<void> {
    const counted = await this.#limiter.get(key);
    if (counted !== null && counted.consumedPoints > 0) await this.#limiter.reward(key);
  }

  async clear(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }
}

/**
 * Adds ARGV[1] to the count. The limiter's own script counts what it refuses as well, so that those who
 * are refused would be kept out for longer; and it would count below zero when a count is taken back
 * after its window has ended.
 */
const COUNT = `
  local step, seconds, most = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
  local sum = tonumber(redis.call('get', KEYS[1]) or '0') + step
  if step < 0 and sum <= 0 then
    redis.call('del', KEYS[1])
    return {0, 0}
  end
  if step > 0 and sum > most then return {sum, redis.call('pttl', KEYS[1])} end
  redis.call('set', KEYS[1], 0, 'EX', seconds, 'NX')
  redis.call('incrby', KEYS[1], step)
  return {sum, redis.call('pttl', KEYS[1])}
`;

/** A counter that all who use the Redis share. Rejects when Redis does not answer. */
export class RedisCounter implements Counter {
  readonly #limiter: RateLimiterRedis;

  constructor({ count, seconds }: Rate, redis: Redis, prefix: string) {
    this.#limiter = new RateLimiterRedis({
      storeClient: redis,
      keyPrefix: prefix,
      points: count,
      duration: seconds,
      customIncrTtlLuaScript: COUNT,
    });
  }

  take(key: string): Promise<number | undefined> {
    return waitOf(this.#limiter.consume(key));
  }

  async giveBack(key: string): Promise<void> {
    await this.#limiter.reward(key);
  }

  async clear(key: string): Promise<void> {
    await this.#limiter.delete(key);
  }
}

async function waitOf(consuming: Promise<unknown>): Promise<number | undefined> {
  try {
    await consuming;
    return undefined;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error.msBeforeNext;
    throw error;
  }
}
