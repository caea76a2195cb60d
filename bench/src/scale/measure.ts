import { startRedis } from '@px0/test-bed';
import { type OpenLoop, startOpenLoop } from '../measuring/load/open-loop.js';
import { describeMachine, programVersion } from '../measuring/machine.js';
import { quantile, rangeOf } from '../measuring/statistics.js';
import type { Company, MissFigures, Place, ScaleFigures, Source } from './figures.js';
import {
  type Renders,
  type ScaleGateway,
  type ScaleGatewayOptions,
  startPeer,
  startScaleGateway,
} from './gateway.js';
import { type GeneratedFeed, generateFeed, slugOf, VARIABLES } from './generated-feed.js';

const MIB = 1024 * 1024;
/** Room for all documents in the primary thread, and for next to none. */
const CACHE_BYTES: Readonly<Record<Place, number>> = { primary: 4096 * MIB, feed: MIB };
/** Room for all templates that are rendered where no bound is wanted. */
const AMPLE_TEMPLATE_CACHE = 1024 * MIB;
/** The least that may be configured: room for the largest template. */
const SMALLEST_TEMPLATE_CACHE = 112 * MIB;
const REDIS_PREFIX = 'bench';
/** Connections on which all prompts are rendered. */
const CONNECTIONS = 16;
/** The prompt that the load asks for. */
const HOT = 0;

export interface ScaleBenchOptions {
  readonly prompts: number;
  readonly rounds: number;
  /** Renders of prompts that were never asked for, for each place and company in each round. */
  readonly misses: number;
  /** Requests per second beside them. */
  readonly load: number;
  /** Prompts by which the memory of one is measured. */
  readonly templates: number;
}

/**
 * Measures a gateway on a large feed.
 *
 * @param say hears how far it is
 * @throws {RangeError} if there are not enough prompts for so many first renders
 */
export async function measureScale(
  options: ScaleBenchOptions,
  say: (progress: string) => void,
): Promise<ScaleFigures> {
  const asked = warmUpOf(options) + options.rounds * 2 * options.misses + 1;
  if (options.prompts < Math.max(asked, options.templates)) {
    throw new RangeError(`--prompts must be ${Math.max(asked, options.templates)} at least`);
  }
  const redis = await startRedis();
  const loop = await startOpenLoop([]);
  let feed: GeneratedFeed | undefined;
  try {
    say(`writing a feed of ${options.prompts} prompts`);
    feed = await generateFeed(redis.url, REDIS_PREFIX, options.prompts);
    const { key, documents, versionLength } = feed;
    const bed: Bed = { redisUrl: redis.url, redisPrefix: REDIS_PREFIX, key, loop, options, say };
    const reading = await measureReading(bed, documents);
    const misses = await measureMisses(bed, versionLength);
    const templates = await measureTemplates(bed);
    const bound = await measureBound(bed);
    return {
      machine: describeMachine({
        Redis: (await programVersion('redis-server', '--version')) ?? 'of unknown version',
      }),
      prompts: options.prompts,
      documents,
      versionLength,
      reading,
      load: options.load,
      misses,
      templates,
      bound,
    };
  } finally {
    await feed?.close();
    await loop.stop();
    await redis.stop();
  }
}

/** @returns how many prompts are rendered before any counts, where enough of them are to be counted */
function warmUpOf({ misses }: ScaleBenchOptions): number {
  return Math.min(300, misses);
}

interface Bed extends Pick<ScaleGatewayOptions, 'redisUrl' | 'redisPrefix' | 'key'> {
  readonly loop: OpenLoop;
  readonly options: ScaleBenchOptions;
  readonly say: (progress: string) => void;
}

async function withGateway<T>(
  { redisUrl, redisPrefix, key }: Bed,
  bounds: Pick<ScaleGatewayOptions, 'cacheBytes' | 'templateCacheBytes'>,
  work: (gateway: ScaleGateway) => Promise<T>,
): Promise<T> {
  const gateway = await startScaleGateway({ redisUrl, redisPrefix, key, ...bounds });
  try {
    return await work(gateway);
  } finally {
    await gateway.stop();
  }
}

async function measureReading(bed: Bed, documents: number): Promise<ScaleFigures['reading']> {
  const starts: { seconds: number; resident: number; mostResident: number }[] = [];
  for (let round = 0; round < bed.options.rounds; round += 1) {
    bed.say(`reading all of it, ${round + 1} of ${bed.options.rounds}`);
    const bounds = { cacheBytes: CACHE_BYTES.primary, templateCacheBytes: AMPLE_TEMPLATE_CACHE };
    await withGateway(bed, bounds, async (gateway) => {
      const { resident, mostResident } = await gateway.memory();
      starts.push({ seconds: gateway.startTime / 1000, resident, mostResident });
    });
  }
  return {
    seconds: rangeOf(starts.map(({ seconds }) => seconds)),
    documentsPerSecond: rangeOf(starts.map(({ seconds }) => documents / seconds)),
    resident: rangeOf(starts.map(({ resident }) => resident)),
    mostResident: rangeOf(starts.map(({ mostResident }) => mostResident)),
  };
}

async function measureMisses(bed: Bed, storedLength: number): Promise<MissFigures[]> {
  const bounds = (place: Place) => ({
    cacheBytes: CACHE_BYTES[place],
    templateCacheBytes: AMPLE_TEMPLATE_CACHE,
  });
  const peer = await startPeer(bed.redisUrl, storedLength);
  try {
    return await withGateway(bed, bounds('primary'), (primary) =>
      withGateway(bed, bounds('feed'), (feed) =>
        measureInTurn(bed, { worker: primary, peer, primary, feed }),
      ),
    );
  } finally {
    await peer.stop();
  }
}

async function measureInTurn(bed: Bed, answering: Readonly<Record<Source, Renders>>): Promise<MissFigures[]> {
  const seen = new Map<string, { place: Source; company: Company; rounds: number[][] }>();
  const next = { peer: HOT, primary: HOT, feed: HOT };
  const renderNext = (place: Source) => {
    if (place === 'worker') return answering.worker.render(HOT);
    next[place] += 1;
    return answering[place].render(next[place]);
  };
  for (const place of ['peer', 'primary', 'feed'] as const) {
    await answering[place].render(HOT);
    for (let count = 0; count < warmUpOf(bed.options); count += 1) await renderNext(place);
  }
  for (let round = 0; round < bed.options.rounds; round += 1) {
    bed.say(`prompts that were never asked for, ${round + 1} of ${bed.options.rounds}`);
    for (const company of ['alone', 'under load'] as const) {
      for (const place of ['worker', 'peer', 'primary', 'feed'] as const) {
        const work = async () => {
          const times: number[] = [];
          for (let count = 0; count < bed.options.misses; count += 1) times.push(await renderNext(place));
          return times;
        };
        const times = company === 'alone' ? await work() : await besideLoad(bed, answering[place], work);
        const own = seen.get(place + company) ?? { place, company, rounds: [] };
        own.rounds.push(times);
        seen.set(place + company, own);
      }
    }
  }
  return [...seen.values()].map(({ place, company, rounds }) => ({
    place,
    company,
    p50: rangeOf(rounds.map((times) => quantile(times, 0.5))),
    p99: rangeOf(rounds.map((times) => quantile(times, 0.99))),
    max: rangeOf(rounds.map((times) => Math.max(...times))),
  }));
}

/** Works while the one that is measured is asked for one prompt over and over, in stretches of a second. */
async function besideLoad<T>(bed: Bed, answering: Renders, work: () => Promise<T>): Promise<T> {
  let isDone = false;
  const load = async () => {
    while (!isDone) {
      const { refused } = await bed.loop.run({
        url: `${answering.url}/v1/prompts/${slugOf(HOT)}/render`,
        key: bed.key,
        bodies: [JSON.stringify({ variables: VARIABLES })],
        connections: CONNECTIONS,
        requestsPerSecond: bed.options.load,
        seconds: 1,
      });
      if (refused > 0) throw new Error(`${refused} requests of the load were refused`);
    }
  };
  const loading = load();
  try {
    return await work();
  } finally {
    isDone = true;
    await loading;
  }
}

async function measureTemplates(bed: Bed): Promise<ScaleFigures['templates']> {
  const { templates } = bed.options;
  bed.say(`the memory of ${templates} templates`);
  const bounds = { cacheBytes: CACHE_BYTES.primary, templateCacheBytes: AMPLE_TEMPLATE_CACHE };
  return withGateway(bed, bounds, async (gateway) => {
    await renderAll(gateway, 0, Math.floor(templates / 4)); // what is made once for all
    const before = await gateway.workerHeap();
    const first = Math.floor(templates / 4);
    await renderAll(gateway, first, templates);
    const heap = (await gateway.workerHeap()) - before;
    return { rendered: templates - first, heapOfEach: heap / (templates - first) };
  });
}

async function measureBound(bed: Bed): Promise<ScaleFigures['bound']> {
  const { prompts } = bed.options;
  bed.say(`rendering all ${prompts} prompts`);
  const bounds = { cacheBytes: CACHE_BYTES.primary, templateCacheBytes: SMALLEST_TEMPLATE_CACHE };
  return withGateway(bed, bounds, async (gateway) => {
    await gateway.render(HOT);
    const heapBefore = await gateway.workerHeap();
    const resident = [(await gateway.memory()).resident];
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const place = (part: number) => Math.floor((prompts * part) / 10);
      await renderAll(gateway, place(tenth), place(tenth + 1));
      resident.push((await gateway.memory()).resident);
    }
    const heapAfter = await gateway.workerHeap();
    return { templateCacheBytes: SMALLEST_TEMPLATE_CACHE, heapBefore, heapAfter, resident };
  });
}

/** Renders the prompts of these numbers once each, on several connections. */
async function renderAll(gateway: ScaleGateway, from: number, to: number): Promise<void> {
  let next = from;
  const work = async () => {
    while (next < to) {
      next += 1;
      await gateway.render(next - 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
}
