import { FeedUnavailableError } from '@px0/contract';
import { Redis } from 'ioredis';

const CONNECT_TIMEOUT = 1_000;
const COMMAND_TIMEOUT = 2_000;
/** After a connection that failed, whoever asks next within this time fails at once. */
const REST_AFTER_FAILURE = 200;

/**
 * A connection to Redis that fails fast: made when it is needed, given up at any trouble, made anew at
 * the next use. ioredis's own reconnecting would let commands wait for a server that is gone.
 */
export class RedisConnection {
  readonly #url: string;
  #connection: Promise<Redis> | undefined;
  #failure: { readonly error: unknown; readonly at: number } | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** @throws {FeedUnavailableError} for whatever goes wrong */
  async use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    let redis: Redis | undefined;
    const connection = this.#connection ?? this.#connect();
    try {
      redis = await connection;
      return await work(redis);
    } catch (cause) {
      // It may be half-open, or have a late answer on its way.
      redis?.disconnect();
      this.#forget(connection);
      throw unavailable(cause);
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    const redis = await connection?.catch(() => undefined); // told to whoever asked for it
    redis?.disconnect();
  }

  #connect(): Promise<Redis> {
    if (this.#failure !== undefined && performance.now() - this.#failure.at < REST_AFTER_FAILURE) {
      return Promise.reject(this.#failure.error);
    }
    this.#failure = undefined;
    const connection = openRedis(this.#url, 'px0-gateway');
    connection.then(
      (redis) => redis.once('end', () => this.#forget(connection)),
      (error: unknown) => {
        this.#failure = { error, at: performance.now() };
        this.#forget(connection);
      },
    );
    this.#connection = connection;
    return connection;
  }

  #forget(connection: Promise<Redis>): void {
    if (this.#connection === connection) this.#connection = undefined;
  }
}

/** One connection that is ready for use, and does not come back by itself once it is gone. */
export async function openRedis(url: string, connectionName: string): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    connectionName,
  });
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw lastError ?? error;
  }
}

/** @returns the error that a caller of the feed gets, whatever Redis or its client said */
export function unavailable(cause: unknown): FeedUnavailableError {
  if (cause instanceof FeedUnavailableError) return cause;
  return new FeedUnavailableError(`Redis: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
