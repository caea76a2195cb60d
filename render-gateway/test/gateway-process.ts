import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A gateway as it ships, in a process of its own. */
export interface GatewayProcess {
  readonly child: ChildProcess;
  /** What it wrote so far. */
  readonly output: { out: string; err: string };
  /** Resolves with the exit status; null: it was ended by a signal. */
  readonly ended: Promise<number | null>;
  /** Resolves once it listens; rejects with what it wrote if it ends instead. */
  listening(): Promise<void>;
  /** Has it stop in order. @returns as {@link ended} */
  stop(): Promise<number | null>;
}

/**
 * Starts a gateway process, which is gone when the test is.
 * @param environment all of it but PATH, and a few defaults for tests
 */
export function runGatewayProcess(environment: Readonly<Record<string, string>>): GatewayProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH,
      PX0_GATEWAY_HOST: '127.0.0.1',
      PX0_GATEWAY_THREADS: '2',
      PX0_SNAPSHOT_FILE: 'none',
      PX0_IDLE_GRACE: '500',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { out: '', err: '' };
  child.stdout?.on('data', (text) => {
    output.out += text;
  });
  child.stderr?.on('data', (text) => {
    output.err += text;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    output,
    ended,
    listening: () =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (output.out.includes('gateway listens')) resolve();
        };
        child.stdout?.on('data', look);
        look();
        void ended.then(() => reject(new Error(`it ended instead: ${output.out}${output.err}`)));
      }),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
