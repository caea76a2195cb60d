import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@px0/local';
import { Redis } from 'ioredis';
import { ensureRedisServer } from './redis-binary.js';

/** A Redis process of one's own, to be killed, stopped and brought back. */
export interface RedisServer {
  readonly url: string;
  /** kill -9. What was not saved is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data directory; with `empty`, without what was saved. */
  start(options?: { empty?: boolean }): Promise<void>;
  /** SIGSTOP: alive for the network, silent for everybody. */
  pause(): void;
  resume(): void;
  /** Deletes everything. */
  flush(): Promise<void>;
  /** Writes everything to disk, so that a later start finds it. */
  save(): Promise<void>;
  /** Ends the process and deletes its data. */
  stop(): Promise<void>;
}

export async function startRedis(options: { port?: number } = {}): Promise<RedisServer> {
  const binary = await ensureRedisServer();
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-redis-'));
  const port = options.port ?? (await findFreePort());
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const start: RedisServer['start'] = async ({ empty = false } = {}) => {
    if (empty) await rm(path.join(directory, 'dump.rdb'), { force: true });
    child = spawn(
      binary,
      ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'],
      { stdio: 'ignore' },
    );
    await answering(url);
  };
  const stop = async () => {
    process.off('exit', killNow);
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  const killNow = () => child?.kill('SIGKILL');
  process.on('exit', killNow);
  await start();
  return {
    url,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    flush: () => withRedis(url, async (redis) => void (await redis.flushall())),
    save: () => withRedis(url, async (redis) => void (await redis.save())),
    stop,
  };
}

async function answering(url: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await withRedis(url, async (redis) => void (await redis.ping()));
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

async function withRedis(url: string, work: (redis: Redis) => Promise<void>): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  redis.on('error', () => {}); // told by the command
  try {
    await redis.connect();
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
