import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort, testRedis } from '@px0/test-bed';
import { onTestFinished } from 'vitest';
import { ready } from './running-gateway.js';
import { SeededFeed } from './seeded-feed.js';

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

/** A gateway process with one worker thread, which follows a feed in Redis that the test writes. */
export interface FollowingProcess {
  readonly gateway: GatewayProcess;
  readonly feed: SeededFeed;
  readonly port: number;
  readonly redis: ReturnType<typeof testRedis>;
}

/** Starts one, which is ready; it and its feed are gone when the test is. */
export async function runFollowingProcess(
  environment: Readonly<Record<string, string>>,
): Promise<FollowingProcess> {
  const redis = testRedis();
  const feed = new SeededFeed(redis);
  onTestFinished(() => feed.close());
  await feed.begin();
  const port = await findFreePort();
  const gateway = runGatewayProcess({
    REDIS_URL: redis.url,
    PX0_REDIS_PREFIX: redis.prefix,
    PX0_GATEWAY_PORT: String(port),
    PX0_GATEWAY_THREADS: '1',
    ...environment,
  });
  await gateway.listening();
  await ready(`http://127.0.0.1:${port}`);
  return { gateway, feed, port, redis };
}
