import { createApiKey, documentKey, hashApiKey } from '@px0/contract';
import { startRedis } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { post } from './client.js';
import { newOrg, runGateway } from './running-gateway.js';

/** Keys of the feed that gateways ask for, and how often each. */
async function countLookUps(url: string): Promise<Map<string, number>> {
  const redis = new Redis(url);
  const monitor = await redis.monitor();
  onTestFinished(() => {
    monitor.disconnect();
    redis.disconnect();
  });
  const counts = new Map<string, number>();
  monitor.on('monitor', (_time: string, [command = '', hash = '', ...keys]: string[]) => {
    if (command.toLowerCase() !== 'hmget' || !hash.includes('documents')) return;
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return counts;
}

async function flood(tokens: readonly string[], url: string): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const left = [...tokens];
  const send = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      const { status } = await post(url, { key });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 50 }, send));
  return statuses;
}

test('of a flood of unknown keys none with a wrong checksum is looked up, each other once, and callers with a key are served meanwhile', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const running = await runGateway({ redis: { url: redis.url, prefix: 'px0' }, threads: 2 });
  onTestFinished(() => running.close());
  const { org_id } = newOrg();
  const key = await running.feed.key({ org_id });
  await running.feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['hello']);
  const url = running.renderUrl('greeting');
  expect(await post(url, { key })).toMatchObject({ status: 200 });
  // The first look-up of all is tried twice: it does not know the feed's epoch yet.
  expect(await post(url, { key: createApiKey() })).toMatchObject({ status: 401 });
  const counts = await countLookUps(redis.url);

  const served: number[] = [];
  let isOver = false;
  const innocent = (async () => {
    while (!isOver) served.push((await post(url, { key })).status);
  })();

  const wellFormed = Array.from({ length: 200 }, () => createApiKey());
  const junk = wellFormed.map((token) => token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A'));
  expect([...(await flood(junk, url))]).toEqual([[401, 200]]);
  expect(counts.size).toBe(0);

  expect([...(await flood([...wellFormed, ...wellFormed], url))]).toEqual([[401, 400]]);
  isOver = true;
  await innocent;
  const wanted = new Set(wellFormed.map((token) => documentKey.key(hashApiKey(token))));
  expect(new Set(counts.keys())).toEqual(wanted);
  expect(new Set(counts.values())).toEqual(new Set([1]));
  expect(new Set(served)).toEqual(new Set([200]));
  expect(served.length).toBeGreaterThan(5);
}, 30_000);
