import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { type Config, LIMITS, type LimitName } from '../config.js';
import { type ErrorCode, Refusal } from '../http/error-catalogue.js';
import { type Counter, MemoryCounter, RedisCounter } from './counters.js';
import { networkOf } from './network.js';

const CONNECT_TIMEOUT = 1_000;
const COMMAND_TIMEOUT = 300;
const LONGEST_RETRY = 2_000;
/** Milliseconds for which a Redis that did not answer in time is not asked again. */
const SHUNNED_FOR = 5_000;

/** One count against a limit. */
interface Count {
  readonly counter: Counter;
  readonly key: string;
}

/** What a request has been counted for. */
export interface Charge {
  /** Takes the counts back, for limits that count failures. Never fails. */
  giveBack(): Promise<void>;
}

/**
 * Counts who does how much, and refuses what is too much: in Redis where there is one, so that servers
 * count together, else each by itself. A Redis that is away refuses nobody and delays next to nothing:
 * this process counts by itself until it is back.
 *
 * An account is counted alike whether there is one or not. What that costs: whoever guesses at an
 * account keeps its owner out as well, until the time is over or the password is reset.
 */
export class Limits {
  readonly #local = new Map<LimitName, Counter>();
  readonly #shared = new Map<LimitName, Counter>();
  readonly #redis: Redis | undefined;
  readonly #log: Logger;
  #shunnedUntil = 0;
  #isTroubled = false;

  constructor({ limits, redisUrl, redisPrefix }: Config, log: Logger) {
    this.#log = log;
    const rates = LIMITS.flatMap((name) => {
      const rate = limits[name];
      return rate === undefined ? [] : [{ name, rate }];
    });
    const redis = redisUrl !== undefined && rates.length > 0 ? createRedis(redisUrl) : undefined;
    this.#redis = redis;
    for (const { name, rate } of rates) {
      this.#local.set(name, new MemoryCounter(rate));
      if (redis) this.#shared.set(name, new RedisCounter(rate, redis, `${redisPrefix}:limit:${name}`));
    }
    redis?.on('error', () => this.#beTroubled());
    redis?.on('ready', () => this.#beWell());
  }

  /** Connects to Redis, where there is one. Waits for it a moment, and never fails. */
  async connect(): Promise<void> {
    if (this.#redis === undefined) return;
    // A failure is told by the event; the connection goes on trying.
    const connected = this.#redis.connect().catch(() => {});
    await Promise.race([connected, sleep(CONNECT_TIMEOUT, undefined, { ref: false })]);
  }

  /**
   * Counts one against each of these limits, in order, or against none.
   *
   * @param subjects whom to count: for an account its address or its user's id, else the IP address
   * @throws {Refusal} `too_many_requests` if one of them is used up
   */
  async charge(subjects: Readonly<Partial<Record<LimitName, string>>>): Promise<Charge> {
    const taken: Count[] = [];
    const giveBack = async () => {
      await Promise.all(taken.map(({ counter, key }) => counter.giveBack(key).catch(() => {})));
    };
    for (const [name, subject] of Object.entries(subjects) as [LimitName, string][]) {
      const key = keyFor(name, subject);
      const result = await this.#take(name, key);
      if (typeof result === 'number') {
        await giveBack();
        throw new Refusal('too_many_requests', { retryAfter: Math.max(1, Math.ceil(result / 1_000)) });
      }
      if (result !== undefined) taken.push({ counter: result, key });
    }
    return { giveBack };
  }

  /**
   * Does work of which only the failures count, and of these one kind: work that could not be done, or
   * was refused for another reason, says nothing about who asked for it. It is counted while it goes on,
   * so that parallel tries are no more than others.
   *
   * @param failure the refusal that counts
   * @throws {Refusal} `too_many_requests`, and whatever the work throws
   */
  async chargeFailures<Result>(
    subjects: Readonly<Partial<Record<LimitName, string>>>,
    failure: ErrorCode,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const charge = await this.charge(subjects);
    try {
      const result = await work();
      await charge.giveBack();
      return result;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === failure)) await charge.giveBack();
      throw error;
    }
  }

  /** Forgets what was counted of one subject. Never fails. */
  async clear(name: LimitName, subject: string): Promise<void> {
    const key = keyFor(name, subject);
    await this.#local.get(name)?.clear(key);
    if (this.#asksRedis())
      await this.#shared
        .get(name)
        ?.clear(key)
        .catch(() => {});
  }

  close(): void {
    this.#redis?.disconnect();
  }

  /** @returns the counter that counted; milliseconds to wait for; undefined where nothing is limited */
  async #take(name: LimitName, key: string): Promise<Counter | number | undefined> {
    const local = this.#local.get(name);
    if (local === undefined) return undefined;
    const shared = this.#shared.get(name);
    if (shared !== undefined && this.#asksRedis()) {
      try {
        const wait = await shared.take(key);
        this.#beWell();
        return wait ?? shared;
      } catch {
        this.#shunnedUntil = Date.now() + SHUNNED_FOR;
        this.#beTroubled();
      }
    }
    return (await local.take(key)) ?? local;
  }

  #asksRedis(): boolean {
    return this.#redis?.status === 'ready' && Date.now() >= this.#shunnedUntil;
  }

  #beTroubled(): void {
    if (!this.#isTroubled) this.#log.warn('limits are counted without Redis, which does not answer');
    this.#isTroubled = true;
  }

  #beWell(): void {
    if (this.#isTroubled) this.#log.info('limits are counted in Redis again');
    this.#isTroubled = false;
  }
}

function createRedis(url: string): Redis {
  return new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (tries) => Math.min(tries * 100, LONGEST_RETRY),
    connectionName: 'px0-limits',
  });
}

/**
 * @returns an account's address in the one case that the database finds it by: letter by letter, since
 * JavaScript makes two of a capital I with a dot, and looks at what stands around a sigma
 */
function folded(address: string): string {
  return Array.from(address, (letter) => (letter === 'İ' ? 'i' : letter.toLowerCase())).join('');
}

/** A digest: neither the address of an account nor that of a machine is kept. */
function keyFor(name: LimitName, subject: string): string {
  const text = name.endsWith('_address') ? networkOf(subject) : folded(subject);
  return createHash('sha256').update(text).digest('base64url');
}
