import type { GoProgram } from '../../measuring/go-program.js';
import { PROMPT } from '../prompt.js';
import { STATEMENTS } from './database.js';
import { startGoServer } from './go-server.js';
import { type BenchServer, startNodeServer } from './server.js';
import type { DatabaseSetup, Setup } from './setup.js';

export type ServerName = 'bare' | 'gateway' | 'fastify' | 'net-http' | 'fiber' | 'read-and-parse';

/** What servers are started with. */
export interface Bed {
  readonly key: string;
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** URL of the database of {@link STATEMENTS}; absent where no server uses one. */
  readonly database: string | undefined;
  /** Absent where no Go is installed. */
  readonly go: GoProgram | undefined;
}

interface ServerEntry {
  readonly label: string;
  /** Whether it checks keys and bodies, as all do that do not answer blindly. */
  readonly refuses: boolean;
  /** Whether what it does is done in Postgres, too. */
  readonly usesPostgres: boolean;
  /** @returns nothing for a server that cannot be had here */
  start(bed: Bed): Promise<BenchServer | undefined>;
}

/** All servers, in the order in which they are shown. */
export const SERVERS: Readonly<Record<ServerName, ServerEntry>> = {
  bare: {
    label: 'bare uWebSockets.js',
    refuses: false,
    usesPostgres: false,
    start: () => startNodeServer('./bare-server.js', {}),
  },
  gateway: {
    label: 'px0 gateway',
    refuses: true,
    usesPostgres: false,
    start: (bed) => startGateway(bed, 1),
  },
  fiber: {
    label: 'Go Fiber',
    refuses: true,
    usesPostgres: false,
    start: async (bed) => bed.go && startGoServer(bed.go, 'fiber', setupOf(bed)),
  },
  'net-http': {
    label: 'Go net/http',
    refuses: true,
    usesPostgres: false,
    start: async (bed) => bed.go && startGoServer(bed.go, 'net-http', setupOf(bed)),
  },
  fastify: {
    label: 'Fastify, px0 engine',
    refuses: true,
    usesPostgres: false,
    start: (bed) => startNodeServer('./fastify-server.js', { SETUP: JSON.stringify(setupOf(bed)) }),
  },
  'read-and-parse': {
    label: 'read and parse',
    refuses: true,
    usesPostgres: true,
    start: async (bed) => {
      if (bed.database === undefined) throw new Error('there is no database');
      const setup = {
        ...setupOf(bed),
        database: bed.database,
        statements: STATEMENTS,
      } satisfies DatabaseSetup;
      if (bed.go !== undefined) return startGoServer(bed.go, 'read-and-parse', setup);
      return startNodeServer('./read-and-parse-server.js', { SETUP: JSON.stringify(setup) });
    },
  },
};

export const SERVER_NAMES = Object.keys(SERVERS) as readonly ServerName[];

/** @param threads that serve */
export function startGateway({ redisUrl, redisPrefix }: Bed, threads: number): Promise<BenchServer> {
  return startNodeServer('./gateway-server.js', {
    REDIS_URL: redisUrl,
    PX0_REDIS_PREFIX: redisPrefix,
    PX0_GATEWAY_PORT: '0',
    PX0_GATEWAY_HOST: '127.0.0.1',
    PX0_GATEWAY_THREADS: String(threads),
    PX0_SNAPSHOT_FILE: 'none',
    PX0_IDLE_GRACE: '500',
  });
}

function setupOf({ key }: Bed): Setup {
  return { key, prompt: PROMPT };
}
