import { randomUUID } from 'node:crypto';
import { redisFeedLayout, steadyClock } from '@px0/contract';
import { createTestDatabase, type RedisServer, startRedis, testRedis } from '@px0/test-bed';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { KeyUseDesk } from '#key-uses/key-use-desk.js';
import { createKeyUseReporter } from '#key-uses/key-use-store.js';
import { RouteCache } from '#render/route-cache.js';

const [ADA, BEA] = [randomUUID(), randomUUID()];

/** What stands in a house, by key. */
type Kept = () => Promise<Record<string, number>>;

const HOUSES: Record<
  string,
  () => Promise<{ reporter: ReturnType<typeof createKeyUseReporter>; kept: Kept }>
> = {
  Redis: async () => {
    const { url, prefix } = testRedis();
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    const reporter = createKeyUseReporter({ redisUrl: url, redisPrefix: prefix });
    const kept = async () => {
      const fields = await redis.hgetall(redisFeedLayout(prefix).keyUses);
      return Object.fromEntries(Object.entries(fields).map(([id, at]) => [id, Number(at)]));
    };
    return { reporter, kept };
  },
  Postgres: async () => {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url });
    const reporter = createKeyUseReporter({ databaseUrl: database.url, redisPrefix: 'unused' });
    onTestFinished(async () => {
      await pool.end();
      await database.drop();
    });
    const kept = async () => {
      const { rows } = await pool.query<{ id: string; at: Date }>(
        'select api_key_id as id, used_at as at from key_uses',
      );
      return Object.fromEntries(rows.map(({ id, at }) => [id, at.getTime()]));
    };
    return { reporter, kept };
  },
};

test.each(Object.entries(HOUSES))(
  'in %s the latest use of a key is kept, whoever tells first',
  async (_name, open) => {
    const { reporter, kept } = await open();
    onTestFinished(() => reporter.close());
    const now = Date.now();
    await reporter.report([
      { id: ADA, at: now },
      { id: BEA, at: now + 5 },
    ]);
    await Promise.all(
      [now - 1_000, now + 2_000, now + 1_000].map((at) =>
        reporter.report([
          { id: BEA, at: now },
          { id: ADA, at },
        ]),
      ),
    );
    expect(await kept()).toEqual({ [ADA]: now + 2_000, [BEA]: now + 5 });
  },
);

test('a key is reported once a minute, however many threads see it in use', async () => {
  const { url, prefix } = testRedis();
  const redis = new Redis(url);
  const reporter = createKeyUseReporter({ redisUrl: url, redisPrefix: prefix });
  let now = 1_750_000_000_000;
  const desk = new KeyUseDesk({
    reporter,
    clock: { now: () => now },
    unixTime: () => now,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(async () => {
    await reporter.close();
    redis.disconnect();
  });
  const kept = async () => {
    await desk.stop();
    return redis.hgetall(redisFeedLayout(prefix).keyUses);
  };
  const start = now;
  desk.used([ADA]);
  desk.used([ADA, BEA]);
  expect(await kept()).toEqual({ [ADA]: String(start), [BEA]: String(start) });
  now += 59_000;
  desk.used([ADA]);
  expect(await kept()).toEqual({ [ADA]: String(start), [BEA]: String(start) });
  now += 1_000;
  desk.used([ADA]);
  expect(await kept()).toEqual({ [ADA]: String(start + 60_000), [BEA]: String(start) });
});

test('with the store gone reports are dropped, which is logged once, and go on when it is back', async () => {
  const store: RedisServer = await startRedis();
  const reporter = createKeyUseReporter({ redisUrl: store.url, redisPrefix: 'px0' });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
  const desk = new KeyUseDesk({ reporter, clock: steadyClock, unixTime: Date.now, log });
  onTestFinished(async () => {
    await reporter.close();
    await store.stop();
  });
  await store.kill();
  for (const _ of [1, 2, 3]) {
    desk.used([ADA]);
    await desk.stop();
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('cannot report for now which API keys are in use');
  await store.start();
  await new Promise((resolve) => setTimeout(resolve, 250));
  desk.used([ADA]);
  await desk.stop();
  const redis = new Redis(store.url);
  expect(Object.keys(await redis.hgetall(redisFeedLayout('px0').keyUses))).toEqual([ADA]);
  redis.disconnect();
});

test('a remembered way marks its key, and a mark outlives the ways that are forgotten', () => {
  const used = new Set<string>();
  const routes = new RouteCache(used);
  const prompt = { kind: 'prompt', id: '', org_id: '', team_id: '', slug: '', live: 1, tags: {} } as const;
  const route = { versionKey: 'version', prompt };
  routes.remember('Bearer a', ADA, '/path', '', route);
  routes.remember('Bearer b', BEA, '/path', '', route);
  routes.gatherUses();
  expect([...used]).toEqual([]);
  expect(routes.find('Bearer a', '/path', '')?.route).toBe(route);
  routes.forget();
  expect([...used]).toEqual([ADA]);
  used.clear();
  routes.gatherUses();
  expect([...used]).toEqual([]);
});
