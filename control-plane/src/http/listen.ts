import type { Config } from '../config.js';
import { StartupError } from '../database/connection-trouble.js';
import type { App } from './app.js';

/**
 * @returns the port, which the system has chosen if 0 was asked for
 * @throws {StartupError} if it cannot be had
 */
export async function listen(app: App, { port, host }: Pick<Config, 'port' | 'host'>): Promise<number> {
  try {
    await app.listen({ port, host });
  } catch (cause) {
    throw listenTrouble(cause, port, host);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenTrouble(cause: unknown, port: number, host: string): unknown {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} is in use. Stop what listens there, or set PX0_CONTROL_PORT to another one.`,
        { cause },
      );
    case 'EACCES':
      return new StartupError(
        `Port ${port} may not be opened by this user. Set PX0_CONTROL_PORT to one above 1023.`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartupError(`This machine has no address ${host} to listen on. Correct PX0_CONTROL_HOST.`, {
        cause,
      });
    default:
      return cause;
  }
}
