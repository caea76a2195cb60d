import { startRedis } from '@px0/test-bed';
import { type Child, startChild } from './child.js';
import type { Load } from './messages.js';
import { SLUG, seedFeed, VARIABLES } from './seeded-feed.js';

export interface GatewayBenchOptions {
  readonly rounds: number;
  /** Of each server in each round. */
  readonly seconds: number;
  readonly connections: number;
  /** Requests under way on each connection. */
  readonly pipelining: number;
}

/** What was seen of one server in one round. */
export interface Round {
  readonly requestsPerSecond: number;
  /** Requests for each second of processor time that the server used: what one core would do, all of it. */
  readonly requestsPerCpuSecond: number;
  /** Share of one core that the server used; of the load generator likewise. */
  readonly serverLoad: number;
  readonly generatorLoad: number;
}

export interface GatewayFigures {
  /** The answer that both servers give, to the byte. */
  readonly answer: string;
  readonly bare: readonly Round[];
  readonly gateway: readonly Round[];
}

/**
 * Runs both servers beside each other and loads them in turn.
 * @throws {Error} if they do not answer the same, or any request fails
 */
export async function measureGateway(options: GatewayBenchOptions): Promise<GatewayFigures> {
  const redis = await startRedis();
  const feed = await seedFeed(redis.url, 'bench');
  const children: Child[] = [];
  const start = async (file: string, environment: Record<string, string> = {}) => {
    const child = startChild(file, environment);
    children.push(child);
    const { port } = await child.ask(undefined, 'ready');
    return { child, url: `http://127.0.0.1:${port}/v1/prompts/${SLUG}/render` };
  };
  try {
    const gateway = await start('./gateway-server.js', {
      REDIS_URL: redis.url,
      PX0_REDIS_PREFIX: 'bench',
      PX0_GATEWAY_PORT: '0',
      PX0_GATEWAY_HOST: '127.0.0.1',
      PX0_GATEWAY_THREADS: '1',
      PX0_SNAPSHOT_FILE: 'none',
    });
    const body = JSON.stringify({ variables: VARIABLES });
    const answer = await servedAnswer(gateway.url, feed.key, body);
    const bare = await start('./bare-server.js', { ANSWER: answer });
    const same = await post(bare.url, feed.key, body);
    if (same.text !== answer) throw new Error('the two servers do not answer the same bytes');
    const generator = await start('./load-generator.js');

    const { rounds, ...rest } = options;
    const round = (server: { child: Child; url: string }, seconds = rest.seconds) =>
      measureRound(generator.child, server.child, { ...rest, seconds, url: server.url, key: feed.key, body });
    await round(bare, 1);
    await round(gateway, 1);
    const figures = { answer, bare: [] as Round[], gateway: [] as Round[] };
    for (let index = 0; index < rounds; index++) {
      figures.bare.push(await round(bare));
      figures.gateway.push(await round(gateway));
    }
    return figures;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await feed.close();
    await redis.stop();
  }
}

async function measureRound(generator: Child, server: Child, load: Load): Promise<Round> {
  const used = async (child: Child) => (await child.ask({ kind: 'askCpu' }, 'cpu')).seconds;
  const before = { server: await used(server), generator: await used(generator) };
  const { result } = await generator.ask({ kind: 'load', load }, 'result');
  const serverSeconds = (await used(server)) - before.server;
  const generatorSeconds = (await used(generator)) - before.generator;
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
  return {
    requestsPerSecond: result.requests / result.seconds,
    requestsPerCpuSecond: result.requests / serverSeconds,
    serverLoad: serverSeconds / result.seconds,
    generatorLoad: generatorSeconds / result.seconds,
  };
}

/** @returns what the gateway answers, once it knows its feed */
async function servedAnswer(url: string, key: string, body: string): Promise<string> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { status, text } = await post(url, key, body);
    if (status === 200) return text;
    if (status !== 503 || Date.now() > deadline) throw new Error(`the gateway answers ${status} ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function post(url: string, key: string, body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, text: await response.text() };
}
