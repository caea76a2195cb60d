import { Redis } from 'ioredis';

const CONNECT_TIMEOUT = 2_000;
const COMMAND_TIMEOUT = 5_000;

/**
 * A client that is not connected yet, and does not connect again by itself: its user knows when that is worth
 * while. What goes wrong is told by its commands, which fail at once without a connection. Times out after 2 s
 * while it connects, and after 5 s with a command.
 * @param name under which the server lists the connection
 */
export function openRedis(url: string, name: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    connectionName: name,
  });
  redis.on('error', () => {});
  return redis;
}

/**
 * Connects, unless it is connected.
 * @throws {Error} that says what is wrong, and not only that there is no connection
 */
export async function connected(redis: Redis): Promise<Redis> {
  if (redis.status !== 'wait' && redis.status !== 'end') return redis;
  let trouble: Error | undefined;
  const listen = (error: Error) => {
    trouble = error;
  };
  redis.on('error', listen);
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    redis.disconnect();
    throw trouble ?? error;
  } finally {
    redis.off('error', listen);
  }
}
