import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type RedisServer, startRedis } from '../redis-server.js';
import { ChaosProgram } from './chaos-program.js';
import type { Journal } from './journal.js';
import { Link } from './link.js';
import { ChaosPostgres } from './postgres.js';
import { findQuietPort } from './quiet-port.js';

/**
 * All of px0 in processes of its own: two control planes, of which one publishes, two gateways, one of
 * them with a snapshot file, and what they lean on, each by links of its own.
 */
export class Installation {
  readonly postgres: ChaosPostgres;
  readonly redis: RedisServer;
  readonly controlPlanes: readonly ChaosProgram[];
  readonly gateways: readonly ChaosProgram[];
  readonly linksToPostgres: readonly Link[];
  readonly linksToRedis: readonly Link[];
  readonly #scratch: string;

  private constructor(
    parts: Omit<Installation, 'startPostgres' | 'copyPostgres' | 'close'>,
    scratch: string,
  ) {
    this.postgres = parts.postgres;
    this.redis = parts.redis;
    this.controlPlanes = parts.controlPlanes;
    this.gateways = parts.gateways;
    this.linksToPostgres = parts.linksToPostgres;
    this.linksToRedis = parts.linksToRedis;
    this.#scratch = scratch;
  }

  /** Starts all of it. The servers may take a while to be ready. */
  static async open(journal: Journal): Promise<Installation> {
    const scratch = await mkdtemp(path.join(tmpdir(), 'px0-chaos-'));
    const [postgres, redis] = await Promise.all([
      ChaosPostgres.start(),
      startRedis({ port: await findQuietPort() }),
    ]);
    const linksToPostgres: Link[] = [];
    const linksToRedis: Link[] = [];
    const toRedis = async (name: string) => {
      const link = await Link.open(`${name} to Redis`, Number(new URL(redis.url).port));
      linksToRedis.push(link);
      return { REDIS_URL: link.urlFor(redis.url) };
    };
    const controlPlanes: ChaosProgram[] = [];
    for (const name of ['control plane A', 'control plane B']) {
      const link = await Link.open(`${name} to Postgres`, postgres.port);
      linksToPostgres.push(link);
      const env = { DATABASE_URL: link.urlFor(postgres.url), PX0_LIMITS: 'off', ...(await toRedis(name)) };
      controlPlanes.push(await ChaosProgram.start({ name, program: 'controlPlane', env, journal }));
    }
    const gateways: ChaosProgram[] = [];
    for (const [name, own] of [
      ['gateway 1', { PX0_GATEWAY_THREADS: '1', PX0_SNAPSHOT_FILE: 'none' }],
      ['gateway 2', { PX0_GATEWAY_THREADS: '2', PX0_SNAPSHOT_FILE: path.join(scratch, 'snapshot') }],
    ] as const) {
      const env = { ...own, ...(await toRedis(name)) };
      gateways.push(await ChaosProgram.start({ name, program: 'gateway', env, journal }));
    }
    return new Installation(
      { postgres, redis, controlPlanes, gateways, linksToPostgres, linksToRedis },
      scratch,
    );
  }

  /** Starts Postgres, and leads the links to where it listens now. */
  async startPostgres(): Promise<void> {
    await this.postgres.start();
    for (const link of this.linksToPostgres) link.leadTo(this.postgres.port);
  }

  /** Kills Postgres, keeps a copy of its cluster, and starts it again. */
  async copyPostgres(): Promise<void> {
    await this.postgres.kill();
    await this.postgres.copy();
    await this.startPostgres();
  }

  async close(): Promise<void> {
    const links = [...this.linksToPostgres, ...this.linksToRedis];
    for (const link of links) link.mend();
    await Promise.all([...this.gateways, ...this.controlPlanes].map((program) => program.kill()));
    await Promise.all([this.postgres.stop(), this.redis.stop(), ...links.map((link) => link.close())]);
    await rm(this.#scratch, { recursive: true, force: true });
  }
}
