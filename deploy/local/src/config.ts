import path from 'node:path';
import { StartError } from './start-error.js';

/** Variables that the launcher itself reads; all others pass through to the two servers. */
export const CONFIG_VARIABLES = [
  {
    name: 'PX0_DATA_DIR',
    default: '.px0',
    meaning: "directory of the embedded Postgres and of the gateway's snapshot, made when missing",
  },
  { name: 'PX0_CONTROL_PORT', default: '8000', meaning: "the control plane's port" },
  { name: 'PX0_GATEWAY_PORT', default: '8080', meaning: "the gateway's port" },
  {
    name: 'DATABASE_URL',
    default: 'the embedded Postgres',
    meaning: 'Postgres to keep the truth in: postgres://user:password@host:port/database',
  },
  {
    name: 'PX0_SNAPSHOT_FILE',
    default: 'in PX0_DATA_DIR',
    meaning: "the gateway's copy of its documents; by default gateway.snapshot in the data directory",
  },
  { name: 'PX0_IDLE_GRACE', default: '500', meaning: 'as for the gateway, which is quick to stop here' },
] as const;

export interface LauncherConfig {
  readonly dataDirectory: string;
  readonly controlPort: number;
  readonly gatewayPort: number;
  /** undefined: start the embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** As the gateway reads it. */
  readonly snapshotFile: string;
  readonly idleGrace: string;
}

/** @throws {StartError} naming the variable that is junk, and what it should be */
export function loadConfig(env: NodeJS.ProcessEnv): LauncherConfig {
  const controlPort = port(env, 'PX0_CONTROL_PORT', 8000);
  const gatewayPort = port(env, 'PX0_GATEWAY_PORT', 8080);
  if (controlPort === gatewayPort) {
    throw new StartError(
      `PX0_CONTROL_PORT and PX0_GATEWAY_PORT are both ${controlPort}; they must be different ports.`,
    );
  }
  const dataDirectory = path.resolve(env.PX0_DATA_DIR || '.px0');
  return {
    dataDirectory,
    controlPort,
    gatewayPort,
    databaseUrl: env.DATABASE_URL || undefined,
    idleGrace: env.PX0_IDLE_GRACE || '500',
    snapshotFile: env.PX0_SNAPSHOT_FILE || path.join(dataDirectory, 'gateway.snapshot'),
  };
}

function port(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 65_535) {
    throw new StartError(`${name} is ${JSON.stringify(text)}, but must be a port number from 1 to 65535.`);
  }
  return number;
}
