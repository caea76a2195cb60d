import { createServer } from 'node:net';
import { StartError, systemErrorCode } from './start-error.js';

/** @returns a TCP port of the loopback address that was free a moment ago */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('a TCP server has no port'));
      });
    });
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
