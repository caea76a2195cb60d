import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiKey } from '@px0/contract';
import { startRedis } from '@px0/test-bed';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '#config.js';
import { startGateway } from '#gateway.js';
import { houseOf } from '#snapshot/house.js';
import { writeSnapshot } from '#snapshot/write-snapshot.js';
import { post, untilAnswer } from './client.js';
import { newOrg, runGateway } from './running-gateway.js';

async function gatewayWithRedis(env: Record<string, string> = {}) {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const running = await runGateway({ redis: { url: redis.url, prefix: 'px0' }, threads: 2, env });
  onTestFinished(() => running.close());
  const { org_id } = newOrg();
  const key = await running.feed.key({ org_id });
  await running.feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['one']);
  const headers = { connection: 'close' }; // so that both threads are asked
  const ask = (target = 'greeting', token = key) => post(running.renderUrl(target), { key: token, headers });
  const askMany = () =>
    post(`http://127.0.0.1:${running.port}/v1/renders`, {
      key,
      headers,
      body: { renders: [{ slug: 'greeting' }, { slug: 'unheard-of' }] },
    });
  const readiness = async () => {
    const response = await fetch(`http://127.0.0.1:${running.port}/v1/health/ready`);
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };
  return { redis, running, ask, askMany, readiness };
}

const isStale = ({ headers }: { headers: Headers }) => headers.has('x-px0-stale');

test('once the feed is gone, answers say for how long, and no absence is believed that was known before; once it is back, they do not', async () => {
  const { redis, running, ask, askMany } = await gatewayWithRedis();
  const unknownKey = createApiKey();
  const absent = [() => ask('unheard-of'), () => ask(randomUUID()), () => ask('greeting', unknownKey)];
  for (let round = 0; round < 4; round++) {
    expect(isStale(await ask())).toBe(false);
    expect(await Promise.all(absent.map(async (one) => (await one()).status))).toEqual([404, 404, 401]);
  }
  expect(isStale(await askMany())).toBe(false);

  await redis.kill();
  const stale = await untilAnswer('a stale answer', isStale, ask);
  expect(stale).toMatchObject({ status: 200, json: { rendered: 'one' } });
  expect(stale.headers.get('x-px0-stale')).toMatch(/^[0-5]$/);
  await untilAnswer('a stale answer', isStale, ask); // the other thread as well
  for (let round = 0; round < 4; round++) {
    for (const one of absent) expect(await one()).toMatchObject({ status: 503 });
  }
  const many = await askMany();
  expect(isStale(many)).toBe(true);
  expect(many).toMatchObject({
    status: 200,
    json: { results: [{ rendered: 'one' }, { status: 503, error: 'service unavailable' }] },
  });

  await redis.start({ empty: true });
  await running.feed.begin();
  await untilAnswer('an answer that is not stale', (answer) => !isStale(answer), ask);
  await untilAnswer('an absence that is believed', ({ status }) => status === 404, absent[0] ?? ask);
  expect(await Promise.all(absent.map(async (one) => (await one()).status))).toEqual([404, 404, 401]);
}, 30_000);

test('beyond PX0_MAX_STALENESS nothing is rendered, until the feed is back', async () => {
  const { redis, running, ask, askMany, readiness } = await gatewayWithRedis({ PX0_MAX_STALENESS: '1' });
  expect(await ask()).toMatchObject({ status: 200 });
  await redis.kill();
  const refusal = () => untilAnswer('a refusal', ({ status }) => status === 503, ask);
  await refusal();
  const refused = await refusal(); // the other thread as well
  expect(refused).toMatchObject({ status: 503, json: { error: 'service unavailable' } });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(Number(refused.headers.get('x-px0-stale'))).toBeGreaterThan(1);
  expect(await askMany()).toMatchObject({ status: 503 });
  expect(await post(running.renderUrl('greeting'), { key: 'ak_junk' })).toMatchObject({ status: 401 });
  expect(await readiness()).toMatchObject({
    status: 503,
    json: { dependencies: { feed: 'unreachable' }, stale_seconds: expect.any(Number) },
  });

  await redis.start({ empty: true });
  await running.feed.begin();
  const served = () => untilAnswer('a render', ({ status }) => status === 200, ask);
  await served();
  await served(); // the other thread as well
  expect(await readiness()).toEqual({ status: 200, json: { status: 'OK', dependencies: { feed: 'OK' } } });
}, 30_000);

test('right after a start from a snapshot that is too old, nothing is rendered', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'px0-stale-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = path.join(directory, 'gateway.snapshot');
  const address = { redisUrl: 'redis://127.0.0.1:1', redisPrefix: 'px0' };
  const day = 86_400_000;
  await writeSnapshot(
    file,
    { house: houseOf(address), position: { epoch: 'e', revision: 1 }, currentAt: Date.now() - day - 1_500 },
    [],
  );
  const gateway = await startGateway(
    loadConfig({
      REDIS_URL: address.redisUrl,
      PX0_GATEWAY_PORT: '0',
      PX0_GATEWAY_THREADS: '1',
      PX0_SNAPSHOT_FILE: file,
      PX0_IDLE_GRACE: '500',
    }),
    { log: pino({ level: 'silent' }) },
  );
  onTestFinished(() => gateway.close());
  const answer = await post(`http://127.0.0.1:${gateway.port}/v1/prompts/x/render`, { key: createApiKey() });
  expect(answer).toMatchObject({ status: 503 });
  expect(Number(answer.headers.get('x-px0-stale'))).toBeGreaterThan(86_400);
  expect((await fetch(`http://127.0.0.1:${gateway.port}/v1/health/ready`)).status).toBe(503);
});
