import { createServer } from 'node:net';

/** Below the ports that systems hand out to outgoing connections, any of which may take one while it is free. */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 100;

/** @returns a port of the loopback address that stays free while the server that had it is down */
export async function findQuietPort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES} ports was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
