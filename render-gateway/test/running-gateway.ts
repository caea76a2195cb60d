import { randomUUID } from 'node:crypto';
import { testRedis } from '@px0/test-bed';
import { pino } from 'pino';
import { loadConfig } from '#config.js';
import { type Gateway, startGateway } from '#gateway.js';
import { SeededFeed } from './seeded-feed.js';

/** A gateway that follows a feed of its own, and what a test needs of both. */
export interface RunningGateway {
  readonly feed: SeededFeed;
  readonly gateway: Gateway;
  readonly port: number;
  /** Lines that the gateway logged. */
  readonly log: Record<string, unknown>[];
  /** URL of the live version's render, or of another version's. */
  renderUrl(slugOrId: string, version?: string | number): string;
  close(): Promise<void>;
}

export async function runGateway({
  threads = 1,
  redis = testRedis(),
  env = {},
}: {
  threads?: number;
  redis?: { url: string; prefix: string };
  /** More variables. Without PX0_SNAPSHOT_FILE it keeps no snapshot. */
  env?: Record<string, string>;
} = {}): Promise<RunningGateway> {
  const feed = new SeededFeed(redis);
  await feed.begin();
  const log: Record<string, unknown>[] = [];
  const config = loadConfig({
    REDIS_URL: redis.url,
    PX0_REDIS_PREFIX: redis.prefix,
    PX0_GATEWAY_PORT: '0',
    PX0_GATEWAY_HOST: '127.0.0.1',
    PX0_GATEWAY_THREADS: String(threads),
    PX0_SNAPSHOT_FILE: 'none',
    PX0_IDLE_GRACE: '500',
    ...env,
  });
  const gateway = await startGateway(config, {
    log: pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
  });
  const base = `http://127.0.0.1:${gateway.port}`;
  await ready(base);
  return {
    feed,
    gateway,
    port: gateway.port,
    log,
    renderUrl: (slugOrId, version) =>
      `${base}/v1/prompts/${slugOrId}${version === undefined ? '' : `/versions/${version}`}/render`,
    close: async () => {
      await gateway.close();
      await feed.close();
    },
  };
}

/** Waits until the gateway knows the feed. */
export async function ready(base: string): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const response = await fetch(`${base}/v1/health/ready`);
    await response.body?.cancel();
    if (response.ok) return;
    if (Date.now() > end) throw new Error('the gateway is not ready after 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** An organization of one's own, so that tests of a file do not meet. */
export function newOrg(): { org_id: string; team_id: string; otherTeam: string } {
  return { org_id: randomUUID(), team_id: randomUUID(), otherTeam: randomUUID() };
}
