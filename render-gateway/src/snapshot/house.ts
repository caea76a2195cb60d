import { createHash } from 'node:crypto';
import type { FeedReaderOptions } from '../feed/feed-reader.js';

const ADDRESS = /^(redis|postgres)[a-z]*:\/\/(?:[^/]*@)?([^/?#]*)\/?([^?#]*)/i;
/** A server of this machine may listen elsewhere at its next start, as that of the launcher does. */
const THIS_MACHINE = /^(?:localhost|127(?:\.\d+){3}|\[::1\])?(?::\d+)?$/i;

/**
 * Names where a feed lives: the kind of its house, host, port, database and prefix, hashed, so that nothing of
 * an address can be read. Who connects, and how, makes no difference; the port of a server on this machine
 * neither.
 */
export function houseOf({ redisUrl, databaseUrl, redisPrefix }: FeedReaderOptions): string {
  const [, kind = '', host = '', database = ''] = ADDRESS.exec(redisUrl ?? databaseUrl ?? '') ?? [];
  const place = THIS_MACHINE.test(host) ? 'localhost' : host.toLowerCase();
  const isRedis = kind.toLowerCase() === 'redis';
  const rooms = isRedis ? [database || '0', redisPrefix] : [database];
  return createHash('sha256')
    .update(JSON.stringify([kind.toLowerCase(), place, ...rooms]))
    .digest('hex');
}
