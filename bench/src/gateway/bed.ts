import { startRedis } from '@px0/test-bed';
import { pinToCores } from '../measuring/cores.js';
import { writeFeedOf } from '../measuring/feed.js';
import type { GoProgram } from '../measuring/go-program.js';
import { packageVersion, programVersion } from '../measuring/machine.js';
import type { Layout } from './layout.js';
import { PROMPT } from './prompt.js';
import { assertAnswers, assertRefuses, assertSameHeads } from './same-answers.js';
import { startDatabase } from './servers/database.js';
import { buildGoServers, type GoServer } from './servers/go-server.js';
import type { BenchServer } from './servers/server.js';
import { type Bed, SERVERS, type ServerName } from './servers/table.js';

/** Servers at work beside each other, all of which answer the same. */
export interface GatewayBed extends Bed {
  readonly servers: ReadonlyMap<ServerName, BenchServer>;
  /** The first Postgres process. */
  readonly postgresPid: number | undefined;
  readonly versions: Readonly<Record<string, string>>;
  /** What is left out, and why. */
  readonly remarks: readonly string[];
  stop(): Promise<void>;
}

/** @throws {Error} if two of the servers do not answer the same, or one of them does not check what all check */
export async function startBed(
  options: { readonly servers: readonly ServerName[]; readonly useGo: boolean },
  { server: ownCores, rest }: Pick<Layout, 'server' | 'rest'>,
): Promise<GatewayBed> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const redisPrefix = 'bench';
    const feed = await writeFeedOf(redis.url, redisPrefix, [PROMPT]);
    stops.push(() => feed.close());
    const usesPostgres = options.servers.some((name) => SERVERS[name].usesPostgres);
    const database = usesPostgres ? await startDatabase(feed.key) : undefined;
    if (database !== undefined) stops.push(() => database.stop());
    if (database !== undefined && rest.length > 0) await pinToCores(database.pid, rest);
    const { go, remarks } = options.useGo ? await buildGo() : { go: undefined, remarks: [] };
    if (go !== undefined) stops.push(() => go.remove());

    const bed: Bed = { key: feed.key, redisUrl: redis.url, redisPrefix, database: database?.url, go };
    const servers = new Map<ServerName, BenchServer>();
    const versions: Record<string, string> = {
      'uWebSockets.js': await packageVersion('uWebSockets.js'),
      Fastify: await packageVersion('fastify'),
      Redis: (await programVersion('redis-server', '--version')) ?? 'of unknown version',
      ...(database && { Postgres: database.version }),
    };
    for (const name of options.servers) {
      const { label, refuses, start } = SERVERS[name];
      const server = await start(bed);
      if (server === undefined) continue;
      stops.push(() => server.stop());
      if (ownCores.length > 0) await pinToCores(server.pid, ownCores);
      await assertAnswers(label, server.url, feed.key, !refuses);
      if (refuses) await assertRefuses(label, server.url, feed.key);
      Object.assign(versions, (server as Partial<GoServer>).versions);
      servers.set(name, server);
    }
    const [bare, gateway] = [servers.get('bare'), servers.get('gateway')];
    if (bare && gateway) await assertSameHeads(bare.url, gateway.url, feed.key);
    return { ...bed, servers, postgresPid: database?.pid, versions, remarks, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function buildGo(): Promise<{ go: GoProgram | undefined; remarks: string[] }> {
  const standIn = 'servers in Go are left out, and "read and parse" is Fastify with pg and px0\'s engine';
  try {
    const go = await buildGoServers();
    return { go, remarks: go === undefined ? [`there is no Go here: ${standIn}`] : [] };
  } catch (error) {
    const [reason] = String(error).split('\n');
    return { go: undefined, remarks: [`Go cannot build its servers (${reason}): ${standIn}`] };
  }
}
