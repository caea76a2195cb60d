import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Child, startChild } from '../measuring/child.js';
import { beginningOf, slugOf, VARIABLES } from './generated-feed.js';

export type ToGateway = { readonly kind: 'askMemory' } | { readonly kind: 'askWorkerHeap' };

export type FromGateway =
  /** Bytes of memory that the process has now, and the most that it had. */
  | { readonly kind: 'memory'; readonly resident: number; readonly mostResident: number }
  /** Bytes that live in the heaps of the worker threads. */
  | { readonly kind: 'workerHeap'; readonly bytes: number };

/** How long a gateway may take to be ready, in milliseconds. */
const PATIENCE = 300_000;
/** Between two looks at whether it is. */
const LOOK = 10;

/** What renders prompts, or the peer that answers in its place. */
export interface Renders {
  readonly url: string;
  /**
   * Renders a prompt.
   * @returns milliseconds from sending the request to having all of the answer
   * @throws {Error} if the answer is none, or of another prompt
   */
  render(number: number): Promise<number>;
  stop(): Promise<void>;
}

/** A gateway that has read its feed. */
export interface ScaleGateway extends Renders {
  /** Milliseconds from the start of the process until it was ready. */
  readonly startTime: number;
  memory(): Promise<Extract<FromGateway, { kind: 'memory' }>>;
  /** Bytes that live in the heap of the worker thread. */
  workerHeap(): Promise<number>;
}

export interface ScaleGatewayOptions {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  readonly key: string;
  /** Bound of the documents that the primary thread holds. */
  readonly cacheBytes: number;
  /** Bound of the loaded templates. */
  readonly templateCacheBytes: number;
}

/** Starts a gateway with one worker thread and no snapshot, and waits until it has read everything. */
export async function startScaleGateway(options: ScaleGatewayOptions): Promise<ScaleGateway> {
  const begun = performance.now();
  const child = startChild<ToGateway, FromGateway>(new URL('./gateway-process.js', import.meta.url), {
    REDIS_URL: options.redisUrl,
    PX0_REDIS_PREFIX: options.redisPrefix,
    PX0_GATEWAY_PORT: '0',
    PX0_GATEWAY_HOST: '127.0.0.1',
    PX0_GATEWAY_THREADS: '1',
    PX0_SNAPSHOT_FILE: 'none',
    PX0_CACHE_BYTES: String(options.cacheBytes),
    PX0_TEMPLATE_CACHE_BYTES: String(options.templateCacheBytes),
  });
  const { port } = await child.ask(undefined, 'ready');
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; !(await isReady(url)); waited += LOOK) {
    if (waited > PATIENCE) throw new Error('the gateway does not get ready');
    await sleep(LOOK);
  }
  const startTime = performance.now() - begun;
  return {
    ...rendersOf(child, url, options.key),
    startTime,
    memory: () => child.ask({ kind: 'askMemory' }, 'memory'),
    workerHeap: async () => (await child.ask({ kind: 'askWorkerHeap' }, 'workerHeap')).bytes,
  };
}

/**
 * Starts the peer.
 * @param storedLength characters that it asks Redis for
 */
export async function startPeer(redisUrl: string, storedLength: number): Promise<Renders> {
  const child = startChild(new URL('./peer-process.js', import.meta.url), {
    REDIS_URL: redisUrl,
    STORED_LENGTH: storedLength.toFixed(0),
  });
  const { port } = await child.ask(undefined, 'ready');
  return rendersOf(child, `http://127.0.0.1:${port}`, 'any');
}

function rendersOf(child: Pick<Child, 'stop'>, url: string, key: string): Renders {
  const pool = new Pool(url, { pipelining: 1 });
  const body = JSON.stringify({ variables: VARIABLES });
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  return {
    url,
    render: async (number) => {
      const path = `/v1/prompts/${slugOf(number)}/render`;
      const sent = performance.now();
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      const time = performance.now() - sent;
      if (answer.statusCode !== 200 || !text.includes(beginningOf(number)))
        throw new Error(`prompt ${number} is answered ${answer.statusCode} ${text}`);
      return time;
    },
    stop: async () => {
      await pool.destroy();
      await child.stop();
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/health/ready`);
  await answer.body?.cancel();
  return answer.ok;
}
