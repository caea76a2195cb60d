import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { StartError } from './start-error.js';

const READY_TIMEOUT = 30_000;
const STOP_TIMEOUT = 15_000;

/** One of px0's two servers, as a process of its own. */
export interface ServerProcess {
  readonly name: string;
  readonly process: ChildProcess;
  /** SIGTERM, then SIGKILL if it does not go. */
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it says that it is ready.
 *
 * @param entry its main file, seen from this one
 * @param at where it answers `/v1/health/ready`
 * @throws {StartError} if it ends before that, having told why on stderr, or never gets ready
 */
export async function startServer(
  name: string,
  entry: string,
  at: { readonly host: string | undefined; readonly port: number },
  env: NodeJS.ProcessEnv,
): Promise<ServerProcess> {
  // A process group of its own, so that Ctrl-C in a terminal reaches it through us and in order; and
  // a channel to us, whose end tells it that we are gone, should we be killed.
  const child = spawn(process.execPath, [fileURLToPath(new URL(entry, import.meta.url))], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  const server = { name, process: child, stop: () => stop(child) };
  const deadline = Date.now() + READY_TIMEOUT;
  const url = `http://${reachable(at.host)}:${at.port}/v1/health/ready`;
  while (!(await isReady(url))) {
    if (hasEnded(child)) throw new StartError(`The ${name} did not start; its reason stands above.`);
    if (Date.now() > deadline) {
      await server.stop();
      throw new StartError(
        `The ${name} was not ready within ${READY_TIMEOUT / 1000} s; its log stands above.`,
      );
    }
    await sleep(50);
  }
  return server;
}

/** @returns where this machine reaches a server that listens on an address, or on all of them */
function reachable(host: string | undefined): string {
  if (host === undefined || host === '' || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false; // not listening yet
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
  await ended;
  clearTimeout(timer);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
