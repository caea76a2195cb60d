import { mkdtemp, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, type Program, startGateway, startProgram, startRedis } from '@px0/test-bed';
import { Tenant, writeFeed } from '../measuring/feed.js';

/** Prompts that are written to the feed at once. */
const PAGE = 200;
/** How long a gateway may take to answer, in milliseconds. */
const PATIENCE = 60_000;
const TEMPLATE = `You are a helpful assistant. ${'Answer politely and to the point. '.repeat(30)}{{.name}}`;

export interface RestartFigures {
  /** In the snapshot. */
  readonly documents: number;
  readonly snapshotBytes: number;
  /** Milliseconds from starting the process to the first render that is answered 200, of each round. */
  readonly times: readonly number[];
}

/**
 * Measures how long a gateway takes to serve what it knew, when nothing is there but its snapshot: no
 * Postgres, no Redis, no control plane.
 *
 * @param prompts in the snapshot, each of three documents
 * @throws {Error} if it does not serve within a minute, or not as a gateway without its feed
 */
export async function measureRestart(prompts: number, rounds: number): Promise<RestartFigures> {
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-bench-'));
  const file = path.join(directory, 'gateway.snapshot');
  const redis = await startRedis();
  try {
    const house = { url: redis.url, prefix: 'bench' };
    const tenant = new Tenant();
    const feed = await writeFeed(house.url, house.prefix, pagesOf(tenant, prompts));
    try {
      const gateway = await startGateway(
        { databaseUrl: 'postgres://unused', redis: house },
        { PX0_SNAPSHOT_FILE: file, LOG_LEVEL: 'warn' },
      );
      await gateway.stop(); // which writes the snapshot
    } finally {
      await feed.close();
    }
    await redis.kill();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      times.push(await restart({ file, redis: house, key: tenant.key, slug: slugOf(prompts - 1) }));
    return { documents: 1 + 3 * prompts, snapshotBytes: (await stat(file)).size, times };
  } finally {
    await redis.stop();
    await rm(directory, { recursive: true });
  }
}

function* pagesOf(tenant: Tenant, prompts: number) {
  yield [tenant.keyEntry()];
  for (let first = 0; first < prompts; first += PAGE) {
    const numbers = Array.from({ length: Math.min(PAGE, prompts - first) }, (_, index) => first + index);
    yield numbers.flatMap((number) => tenant.entriesOf({ slug: slugOf(number), template: TEMPLATE }));
  }
}

function slugOf(number: number): string {
  return `prompt_${number}`;
}

interface Start {
  readonly file: string;
  readonly redis: { readonly url: string; readonly prefix: string };
  readonly key: string;
  readonly slug: string;
}

/** @returns milliseconds from starting the process to its first render */
async function restart({ file, redis, key, slug }: Start): Promise<number> {
  const port = await findFreePort();
  const begun = performance.now();
  const gateway = startProgram('gateway', {
    REDIS_URL: redis.url,
    PX0_REDIS_PREFIX: redis.prefix,
    PX0_GATEWAY_PORT: String(port),
    PX0_GATEWAY_HOST: '127.0.0.1',
    PX0_GATEWAY_THREADS: '1',
    PX0_SNAPSHOT_FILE: file,
    PX0_IDLE_GRACE: '500',
    LOG_LEVEL: 'error',
  });
  try {
    for (;;) {
      const answer = await render(port, key, slug);
      const time = performance.now() - begun;
      if (answer?.statusCode === 200) {
        // Else the feed was there, and nothing is measured.
        if (answer.headers['x-px0-stale'] === undefined) throw new Error('the answer is not a stale one');
        return time;
      }
      if (time > PATIENCE || hasEnded(gateway))
        throw new Error(`it does not serve: ${answer?.statusCode} ${gateway.output()}`);
      await sleep(2);
    }
  } finally {
    await gateway.stop('SIGKILL'); // so that it does not write the snapshot anew
  }
}

function hasEnded({ process: { exitCode, signalCode } }: Program): boolean {
  return exitCode !== null || signalCode !== null;
}

/** @returns undefined where nobody listens yet */
function render(port: number, key: string, slug: string): Promise<http.IncomingMessage | undefined> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}` };
    const options = { host: '127.0.0.1', port, method: 'POST', path: `/v1/prompts/${slug}/render`, headers };
    const request = http.request({ ...options, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    });
    request.on('error', () => resolve(undefined));
    request.end('{"variables":{"name":"Zoë"}}');
  });
}
