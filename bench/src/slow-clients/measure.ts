import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiKey } from '@px0/contract';
import { startRedis } from '@px0/test-bed';
import { BODIES, PROMPT, RENDER_PATH } from '../gateway/prompt.js';
import { type Child, startChild } from '../measuring/child.js';
import { pinToCores } from '../measuring/cores.js';
import { writeFeedOf } from '../measuring/feed.js';
import type { Latencies } from '../measuring/load/load.js';
import { type OpenLoop, startOpenLoop } from '../measuring/load/open-loop.js';
import type { FromGateway, ToGateway } from '../scale/gateway.js';
import { type CountingProxy, startCountingProxy } from './counting-proxy.js';
import { type FloodResult, startFlood } from './flood.js';
import { type SlowOutcomes, startSlowSockets } from './slow-sockets.js';

export interface SlowClientsOptions {
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Of those who are measured: requests per second. */
  readonly rate: number;
  readonly sockets: number;
  /** Requests with unknown keys that are asked for, per second. */
  readonly flood: number;
}

/** Of those who are measured, in one round. */
export interface Innocent extends Latencies {
  /** Requests that were not answered 200 in time. */
  readonly failures: number;
  /** By how much their generator was late itself, at the 99th percentile. It is in `p99`. */
  readonly lateness: number;
}

export interface FloodFigures {
  readonly name: string;
  readonly flood: FloodResult;
  readonly innocent: Innocent;
  /** API keys that were looked up in the feed, and look-ups in all. */
  readonly keys: number;
  readonly lookUps: number;
  /** Bytes of the gateway's process before it, and the most that was seen meanwhile. */
  readonly residentBefore: number;
  readonly residentMost: number;
}

export interface SlowClientsFigures {
  readonly alone: readonly Innocent[];
  readonly beside: readonly Innocent[];
  /** Sockets in each round that were at it at its beginning and its end, together. */
  readonly atIt: readonly { readonly sending: number; readonly reading: number }[];
  readonly outcomes: SlowOutcomes;
  readonly floods: readonly FloodFigures[];
}

/** A render of nearly a mebibyte, which the pool does. */
const LARGE = { slug: 'large', template: `{{range 62}}${'A large answer. '.repeat(1_000)}{{end}}` };
const CONNECTIONS = 16;
/** For slow sockets to be at it, beyond the time in which they are opened. Milliseconds. */
const SETTLING_PATIENCE = 20_000;
/** Of the flood: one request at a time on each. */
const FLOOD_CONNECTIONS = 128;
/** Keys of which none, and of which half have the right checksum. */
const FLOODS = [
  { name: 'bad checksums', wellFormed: 0 },
  { name: 'half of them well-formed', wellFormed: 0.5 },
];

/**
 * Measures what slow sockets, and then floods of unknown keys, do to others: one gateway with one worker
 * thread, in a process of its own, and requests at a constant rate from another.
 *
 * @param say hears how far it is
 */
export async function measureSlowClients(
  options: SlowClientsOptions,
  say: (progress: string) => void,
): Promise<SlowClientsFigures> {
  const stops: (() => unknown)[] = [];
  try {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const feed = await writeFeedOf(redis.url, 'bench', [PROMPT, LARGE]);
    stops.push(() => feed.close());
    const proxy = await startCountingProxy(redis.url);
    stops.push(() => proxy.close());
    const gateway = startChild<ToGateway, FromGateway>(
      new URL('../scale/gateway-process.js', import.meta.url),
      {
        REDIS_URL: proxy.url,
        PX0_REDIS_PREFIX: 'bench',
        PX0_GATEWAY_PORT: '0',
        PX0_GATEWAY_HOST: '127.0.0.1',
        PX0_GATEWAY_THREADS: '1',
        PX0_SNAPSHOT_FILE: 'none',
        PX0_IDLE_GRACE: '500',
      },
    );
    stops.push(() => gateway.stop());
    const { port } = await gateway.ask(undefined, 'ready');
    const { gatewayCores, loadCores } = layout();
    await pinToCores(gateway.pid, gatewayCores);
    const load = await startOpenLoop(loadCores);
    stops.push(() => load.stop());
    const bed: Bed = { port, key: feed.key, gateway, load, loadCores, options, say };
    await innocent(bed, 1);
    await learnEpoch(bed);
    const slow = await measureSlowSockets(bed);
    return { ...slow, floods: await measureFloods(bed, proxy) };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** The first look-up of all is tried twice: until then the gateway's reader does not know the feed's epoch. */
async function learnEpoch({ port }: Bed): Promise<void> {
  const headers = { authorization: `Bearer ${createApiKey()}` };
  const answer = await fetch(`http://127.0.0.1:${port}${RENDER_PATH}`, {
    method: 'POST',
    headers,
    body: '{}',
  });
  if (answer.status !== 401) throw new Error(`an unknown key is answered ${answer.status}`);
}

interface Bed {
  readonly port: number;
  readonly key: string;
  readonly gateway: Child<ToGateway, FromGateway>;
  readonly load: OpenLoop;
  readonly loadCores: readonly number[];
  readonly options: SlowClientsOptions;
  readonly say: (progress: string) => void;
}

/** Everybody who sends has the first core; the gateway, with its pool, has what is left. */
function layout(): { gatewayCores: number[]; loadCores: number[] } {
  const cores = Array.from({ length: availableParallelism() }, (_, core) => core);
  return cores.length === 1
    ? { gatewayCores: cores, loadCores: [] }
    : { gatewayCores: cores.slice(1), loadCores: [0] };
}

async function innocent({ load, port, key, options }: Bed, seconds: number): Promise<Innocent> {
  const { latencies, lateness, refused, unanswered } = await load.run({
    url: `http://127.0.0.1:${port}${RENDER_PATH}`,
    key,
    bodies: BODIES.others.bodies,
    connections: CONNECTIONS,
    requestsPerSecond: options.rate,
    seconds,
  });
  return { ...latencies, failures: refused + unanswered, lateness: lateness.p99 };
}

async function measureSlowSockets(bed: Bed): Promise<Omit<SlowClientsFigures, 'floods'>> {
  const { rounds, seconds, sockets } = bed.options;
  const slow = await startSlowSockets();
  if (bed.loadCores.length > 0) await pinToCores(slow.pid, bed.loadCores);
  const alone: Innocent[] = [];
  const beside: Innocent[] = [];
  const atIt: { sending: number; reading: number }[] = [];
  const outcomes: Record<string, number> = {};
  try {
    for (let round = 0; round < rounds; round += 1) {
      bed.say(`beside ${sockets} slow sockets, ${round + 1} of ${rounds}`);
      alone.push(await innocent(bed, seconds));
      const senders = Math.ceil(sockets / 2);
      const plan = { port: bed.port, key: bed.key, senders, readers: sockets - senders };
      await slow.begin({ ...plan, path: `/v1/prompts/${LARGE.slug}/render` });
      atIt.push(await settled(slow.look, sockets));
      beside.push(await innocent(bed, seconds));
      atIt.push(await slow.look());
      for (const [outcome, count] of Object.entries(await slow.end()))
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      await sleep(1_000); // their ends are no part of the next round
    }
    return { alone, beside, atIt, outcomes };
  } finally {
    await slow.stop();
  }
}

/** Waits until nine of ten sockets are at it. A hundred of them are opened in a second. */
async function settled<Seen extends { readonly sending: number; readonly reading: number }>(
  look: () => Promise<Seen>,
  sockets: number,
): Promise<Seen> {
  const deadline = Date.now() + sockets * 10 + SETTLING_PATIENCE;
  for (;;) {
    const seen = await look();
    if (seen.sending + seen.reading >= 0.9 * sockets) return seen;
    if (Date.now() > deadline)
      throw new Error(`of ${sockets} slow sockets ${seen.sending} send and ${seen.reading} read`);
    await sleep(100);
  }
}

async function measureFloods(bed: Bed, proxy: CountingProxy): Promise<FloodFigures[]> {
  const figures: FloodFigures[] = [];
  const { seconds, flood: requestsPerSecond } = bed.options;
  const flood = await startFlood();
  if (bed.loadCores.length > 0) await pinToCores(flood.pid, bed.loadCores);
  try {
    for (const { name, wellFormed } of FLOODS) {
      bed.say(`a flood of unknown keys: ${name}`);
      const plan = { port: bed.port, requestsPerSecond, connections: FLOOD_CONNECTIONS, seconds, wellFormed };
      await flood.prepare(plan);
      proxy.take();
      const residentBefore = (await bed.gateway.ask({ kind: 'askMemory' }, 'memory')).resident;
      let residentMost = residentBefore;
      let isOver = false;
      const watch = async () => {
        while (!isOver) {
          const { resident } = await bed.gateway.ask({ kind: 'askMemory' }, 'memory');
          residentMost = Math.max(residentMost, resident);
          await sleep(100);
        }
      };
      const watching = watch();
      const [result, seen] = await Promise.all([flood.run(), innocent(bed, seconds)]);
      isOver = true;
      await watching;
      const counted = proxy.take();
      figures.push({ name, flood: result, innocent: seen, ...counted, residentBefore, residentMost });
    }
    return figures;
  } finally {
    await flood.stop();
  }
}
