import {
  encodeMessage,
  type FeedDocument,
  type FeedHead,
  FeedUnavailableError,
  type FeedWriter,
  LOG_LENGTH,
  redisFeedLayout,
} from '@px0/contract';
import type { Redis } from 'ioredis';
import { wordsOf } from '../database/connection-trouble.js';
import { connected, openRedis } from '../database/open-redis.js';
import { APPEND, FLIP, RING } from './redis-scripts.js';

/** A longer message goes without its documents: they would be sent to gateways that may not want them. */
const BELL_LIMIT = 256 * 1024;
/** Seconds after which the documents of a rebuild that was given up go by themselves. */
const UNFINISHED_EPOCH_LIFE = 3_600;

/** The feed in Redis. The server must not evict keys (`maxmemory-policy noeviction`). */
export class RedisFeedWriter implements FeedWriter {
  readonly #url: string;
  readonly #layout: ReturnType<typeof redisFeedLayout>;
  #connection: Promise<Redis> | undefined;

  constructor(url: string, prefix: string) {
    this.#url = url;
    this.#layout = redisFeedLayout(prefix);
  }

  head(): Promise<FeedHead | undefined> {
    return this.#use((redis) => this.#readHead(redis));
  }

  append(expected: FeedHead, documents: readonly FeedDocument[]): Promise<FeedHead | 'diverged'> {
    const last = documents.at(-1);
    if (last === undefined) throw new RangeError('nothing to append');
    const head = { epoch: expected.epoch, revision: last.revision };
    const { epoch } = expected;
    const keys = [this.#layout.head, this.#layout.documents(epoch), this.#layout.log(epoch)];
    const states = documents.flatMap(({ key, revision, body }) => [
      key,
      revision,
      body === null ? '-' : `+${body}`,
    ]);
    const message = { ...head, previous: expected.revision };
    const size = documents.reduce((sum, { key, body }) => sum + key.length + (body?.length ?? 0), 0);
    const text = encodeMessage(size > BELL_LIMIT ? message : { ...message, documents });
    return this.#use(async (redis) => {
      const done = await redis.eval(
        APPEND,
        keys.length,
        ...keys,
        epoch,
        expected.revision,
        this.#bellOf(redis),
        text,
        LOG_LENGTH,
        ...states,
      );
      return done === 1 ? head : 'diverged';
    });
  }

  ring(expected: FeedHead): Promise<boolean> {
    const { epoch, revision } = expected;
    const text = encodeMessage({ ...expected, previous: revision });
    return this.#use(async (redis) => {
      const done = await redis.eval(RING, 1, this.#layout.head, epoch, revision, this.#bellOf(redis), text);
      return done === 1;
    });
  }

  async rebuild(
    head: FeedHead,
    documents: AsyncIterable<readonly { readonly key: string; readonly body: string }[]>,
  ): Promise<FeedHead | 'diverged'> {
    const old = await this.head();
    if (old !== undefined && old.revision >= head.revision) return 'diverged';
    const target = this.#layout.documents(head.epoch);
    let count = 0;
    for await (const page of documents) {
      if (page.length === 0) continue;
      count += page.length;
      const fields = page.flatMap(({ key, body }) => [key, `${head.revision}:${body}`]);
      await this.#use(async (redis) => {
        await redis.hset(target, ...fields);
        await redis.expire(target, UNFINISHED_EPOCH_LIFE);
      });
    }
    const oldEpoch = old?.epoch ?? head.epoch;
    const keys = [
      this.#layout.head,
      target,
      // Without an old feed there is none to drop; this one's own log is still empty.
      old === undefined ? this.#layout.log(oldEpoch) : this.#layout.documents(oldEpoch),
      this.#layout.log(oldEpoch),
    ];
    const text = encodeMessage({ ...head, previous: head.revision });
    return this.#use(async (redis) => {
      const done = await redis.eval(
        FLIP,
        keys.length,
        ...keys,
        old?.epoch ?? '',
        old?.revision ?? '',
        this.#bellOf(redis),
        text,
        head.epoch,
        head.revision,
        count,
      );
      return done === 1 ? head : 'diverged';
    });
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    const redis = await connection?.catch(() => undefined); // told to whoever asked for it
    redis?.disconnect();
  }

  #bellOf(redis: Redis): string {
    return this.#layout.bell(redis.options.db ?? 0);
  }

  async #readHead(redis: Redis): Promise<FeedHead | undefined> {
    const [epoch, revision] = await redis.hmget(this.#layout.head, 'epoch', 'revision');
    if (typeof epoch !== 'string' || typeof revision !== 'string') return undefined;
    return { epoch, revision: Number(revision) };
  }

  /**
   * After any trouble the connection is given up: on one that timed out, a command may still be on
   * its way, and must not be overtaken by what a retry reads.
   */
  async #use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    this.#connection ??= this.#connect();
    const connection = this.#connection;
    let redis: Redis | undefined;
    try {
      redis = await connection;
      return await work(redis);
    } catch (cause) {
      redis?.disconnect();
      this.#forget(connection);
      throw new FeedUnavailableError(`Redis: ${wordsOf(cause)}`, {
        cause,
      });
    }
  }

  #connect(): Promise<Redis> {
    const connection = connected(openRedis(this.#url, 'px0-publisher'));
    connection.then(
      (redis) => redis.once('end', () => this.#forget(connection)),
      () => this.#forget(connection),
    );
    return connection;
  }

  #forget(connection: Promise<Redis>): void {
    if (this.#connection === connection) this.#connection = undefined;
  }
}
