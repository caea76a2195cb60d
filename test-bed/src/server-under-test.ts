import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@px0/local';
import { leaveNote } from './run-notes.js';

const READY_TIMEOUT = 30_000;

/** A program of px0 in a process of its own, and all that it has said so far. */
export interface Program {
  readonly process: ChildProcess;
  /** stdout and stderr together. */
  output(): string;
  errors(): string;
  /** @returns the exit status, null after a signal that it did not handle */
  ended(): Promise<number | null>;
  /** Sends the signal, SIGTERM by default, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface Server extends Program {
  /** Such as `http://127.0.0.1:12345`. */
  readonly url: string;
}

/** The rooms' main files, as they ship. */
const MAIN = {
  launcher: '../../deploy/local/dist/main.js',
  controlPlane: '../../control-plane/dist/main.js',
  gateway: '../../render-gateway/dist/main.js',
} as const;

/** Starts a program with this environment and no other px0 variable. */
export function startProgram(program: keyof typeof MAIN, env: Record<string, string> = {}): Program {
  const { PATH, HOME, LANG } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL(MAIN[program], import.meta.url))], {
    env: { PATH, HOME, LANG, ...env },
    // The channel's end tells it to go, should the test process be killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    errors += chunk;
  });
  const killNow = () => child.kill('SIGKILL');
  process.on('exit', killNow);
  const end = once(child, 'close').then(([code]) => {
    process.off('exit', killNow);
    leaveNote('logs', output);
    return code as number | null;
  });
  return {
    process: child,
    output: () => output,
    errors: () => errors,
    ended: () => end,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return end;
    },
  };
}

/** Where a server finds its neighbours. Without `redis` the feed is in Postgres. */
export interface Neighbours {
  readonly databaseUrl: string;
  readonly redis?: { readonly url: string; readonly prefix: string };
}

/** @returns a control plane that is ready, on a free port */
export function startControlPlane(neighbours: Neighbours, env: Record<string, string> = {}): Promise<Server> {
  return startServer('controlPlane', 'PX0_CONTROL_PORT', { ...feedEnvironment(neighbours), ...env });
}

/** @returns a gateway of one thread that is ready, on a free port; it keeps no snapshot unless `env` says so */
export function startGateway(neighbours: Neighbours, env: Record<string, string> = {}): Promise<Server> {
  return startServer('gateway', 'PX0_GATEWAY_PORT', {
    PX0_GATEWAY_THREADS: '1',
    PX0_SNAPSHOT_FILE: 'none',
    PX0_IDLE_GRACE: '500',
    ...feedEnvironment(neighbours),
    ...env,
  });
}

function feedEnvironment({ databaseUrl, redis }: Neighbours): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    ...(redis && { REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix }),
  };
}

async function startServer(
  program: keyof typeof MAIN,
  portVariable: string,
  env: Record<string, string>,
): Promise<Server> {
  const port = await findFreePort();
  const started = startProgram(program, { [portVariable]: String(port), ...env });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(started, url);
  return { ...started, url };
}

/** Waits until a program answers `/v1/health/ready` with 200. */
export async function untilReady(program: Program, url: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT;
  for (;;) {
    if (program.process.exitCode !== null) throw new Error(`it ended instead: ${program.output()}`);
    const answer = await fetch(`${url}/v1/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`not ready: ${program.output()}`);
    await sleep(20);
  }
}
