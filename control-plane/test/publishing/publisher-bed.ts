import { randomUUID } from 'node:crypto';
import type { FeedWriter } from '@px0/contract';
import { createTestDatabase, type RedisServer, startRedis, type TestDatabase, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createFeedWriter } from '#publishing/feed-writer.js';
import { Publisher } from '#publishing/publisher.js';
import { sessionsIn } from '#publishing/publisher-session.js';
import { feedIn, Tenant } from './tenant.js';

export let server: RedisServer;
export let database: TestDatabase;
export let tenant: Tenant;
export let redis: Redis;
export let prefix: string;
let logged: { level: number; msg: string }[];
let running: { publisher: Publisher; writer: FeedWriter }[];

/** Gives each test of a file its own database and key space, on a Redis of the file's own. */
export function usePublishers(): void {
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(async () => {
    database = await createTestDatabase();
    tenant = await Tenant.create(database.url);
    prefix = randomUUID();
    redis = new Redis(server.url);
    redis.on('error', () => {}); // tests take the server away under it
    logged = [];
    running = [];
  });
  afterEach(async () => {
    for (const { publisher, writer } of running) {
      await publisher.stop();
      await writer.close();
    }
    redis.disconnect();
    await tenant.close();
    await database.drop();
  });
}

/** Starts a publisher. @param wrap puts something between the publisher and its writer */
export function publish(wrap: (writer: FeedWriter) => FeedWriter = (writer) => writer): Publisher {
  const writer = createFeedWriter({ databaseUrl: database.url, redisUrl: server.url, redisPrefix: prefix });
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const publisher = new Publisher({ openSession: sessionsIn(database.url, log), writer: wrap(writer), log });
  running.push({ publisher, writer });
  publisher.start();
  return publisher;
}

export const feed = () => feedIn(redis, prefix);

/** Waits until all notes are settled, and answers the feed. */
export async function settled(limit = 5_000) {
  await until('all notes are settled', async () => ((await tenant.notes()) === 0 ? true : undefined), limit);
  return feed();
}

export async function livePrompt(slug: string): Promise<string> {
  const id = await tenant.prompt(slug);
  await tenant.version(id, 1, `Hello from ${slug}`);
  await tenant.promote(id, 1);
  return id;
}

export const warnings = () => logged.filter(({ level }) => level >= 40);

/** Ends the publishers' connections to Postgres. @returns how many there were */
export async function breakPublishers(): Promise<number> {
  const { rowCount } = await tenant.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'px0-publisher'`,
  );
  return rowCount ?? 0;
}
