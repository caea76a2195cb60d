import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StartError, systemErrorCode } from './start-error.js';

/**
 * Ports that the system gives to nobody who does not name one: those that it gives to connections begin above
 * on all systems, and one that is free now may be a connection's a moment later.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;
const TRIES = 100;

/**
 * @returns a TCP port of the loopback address that was free a moment ago
 * @throws {Error} if none is found
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no TCP port from ${FIRST_PORT} to ${LAST_PORT} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * @param variable the environment variable that moves the port elsewhere
 * @throws {StartError} if the port is taken, or not ours to take
 */
export function claimPort(port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = systemErrorCode(error);
      if (code === 'EADDRINUSE') {
        reject(
          new StartError(
            `Port ${port} is in use. Stop the program that listens there, or set ${variable} to a free port.`,
          ),
        );
      } else if (code === 'EACCES') {
        reject(
          new StartError(`Port ${port} may not be opened by this user. Set ${variable} to one above 1023.`),
        );
      } else reject(error);
    });
    server.listen(port, () => server.close(() => resolve()));
  });
}
