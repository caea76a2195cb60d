import { once } from 'node:events';
import net from 'node:net';

/** A key document's key as a command to Redis holds it. */
const BEGINNING = Buffer.from('\r\nkey:');
const HASH_LENGTH = 64;

/** Stands before a Redis, and counts the API keys that are looked up there. */
export interface CountingProxy {
  readonly url: string;
  /** Look-ups since this was asked last: of how many keys, and how many in all. */
  take(): { readonly keys: number; readonly lookUps: number };
  close(): void;
}

/** @param redisUrl where it leads */
export async function startCountingProxy(redisUrl: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(redisUrl);
  let seen = new Set<string>();
  let lookUps = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (client) => {
    const redis = net.connect({ host: hostname, port: Number(port), noDelay: true });
    let rest = Buffer.alloc(0);
    client.on('data', (chunk) => {
      const bytes = Buffer.concat([rest, chunk]);
      let at = 0;
      for (;;) {
        const found = bytes.indexOf(BEGINNING, at);
        const end = found + BEGINNING.length + HASH_LENGTH;
        if (found < 0 || end > bytes.length) {
          rest = bytes.subarray(Math.max(at, found < 0 ? bytes.length - BEGINNING.length + 1 : found));
          break;
        }
        lookUps += 1;
        seen.add(bytes.toString('latin1', end - HASH_LENGTH, end));
        at = end;
      }
    });
    for (const [from, to] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => {}); // it is closed then
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as net.AddressInfo;
  return {
    url: `redis://127.0.0.1:${own}`,
    take: () => {
      const taken = { keys: seen.size, lookUps };
      seen = new Set();
      lookUps = 0;
      return taken;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
