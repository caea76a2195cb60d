import { randomUUID } from 'node:crypto';
import { createApiKey } from '@px0/contract';
import { startRedis } from '@px0/test-bed';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '#config.js';
import { startGateway } from '#gateway.js';
import { type Answer, post, untilAnswer } from './client.js';
import { newOrg, runGateway } from './running-gateway.js';

const REPLACED = 'a worker thread listens in the place of one that ended';

test('with Redis gone the gateway serves what it holds, answers 503 for what it does not know, and follows again when Redis is back', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const running = await runGateway({ redis: { url: redis.url, prefix: 'px0' }, threads: 2 });
  onTestFinished(() => running.close());
  const { org_id } = newOrg();
  const key = await running.feed.key({ org_id });
  const prompt = await running.feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['one', 'two']);
  const cached = () => post(running.renderUrl('greeting'), { key });
  expect(await cached()).toMatchObject({ status: 200 });

  await redis.kill();
  for (let request = 0; request < 50; request++) {
    expect(await cached()).toMatchObject({ status: 200, json: { rendered: 'one' } });
  }
  const unknown = [
    () => post(running.renderUrl('never-heard-of'), { key }),
    () => post(running.renderUrl(randomUUID()), { key }),
    () => post(running.renderUrl('greeting'), { key: createApiKey() }),
  ];
  for (const ask of unknown) {
    const answer = await ask();
    expect(answer).toMatchObject({ status: 503, json: { error: 'service unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  }
  expect(await post(running.renderUrl('greeting'), { key: 'ak_junk' })).toMatchObject({ status: 401 });
  const readiness = await fetch(`http://127.0.0.1:${running.port}/v1/health/ready`);
  expect([readiness.status, await readiness.json()]).toEqual([
    200,
    { status: 'OK', dependencies: { feed: 'unreachable' }, stale_seconds: expect.any(Number) },
  ]);

  await redis.start({ empty: true });
  await running.feed.begin();
  await running.feed.update(prompt, { live: 2 });
  const isNewest = ({ json }: Answer) => (json as { rendered?: string }).rendered === 'two';
  const newest = await untilAnswer('the version that was promoted', isNewest, cached);
  expect(newest).toMatchObject({ status: 200, json: { rendered: 'two', version: 2 } });
}, 30_000);

test('a gateway that never reached its feed is not ready, and answers 503 rather than 401 or 404', async () => {
  const redis = await startRedis();
  await redis.stop();
  const config = loadConfig({
    REDIS_URL: redis.url,
    PX0_GATEWAY_PORT: '0',
    PX0_GATEWAY_THREADS: '1',
    PX0_SNAPSHOT_FILE: 'none',
    PX0_IDLE_GRACE: '500',
  });
  const gateway = await startGateway(config, { log: pino({ level: 'silent' }) });
  onTestFinished(() => gateway.close());
  const base = `http://127.0.0.1:${gateway.port}`;
  const readiness = await fetch(`${base}/v1/health/ready`);
  expect([readiness.status, await readiness.json()]).toEqual([
    503,
    { error: 'service unavailable', status: 'unavailable', dependencies: { feed: 'unreachable' } },
  ]);
  expect(await post(`${base}/v1/prompts/x/render`, { key: createApiKey() })).toMatchObject({ status: 503 });
  expect((await fetch(`${base}/v1/health`)).status).toBe(200);
});

test('a worker thread that dies is replaced within a second, and the others serve on', async () => {
  const running = await runGateway({ threads: 2 });
  onTestFinished(() => running.close());
  const { org_id } = newOrg();
  const key = await running.feed.key({ org_id });
  await running.feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['one']);
  const ask = () => post(running.renderUrl('greeting'), { key, headers: { connection: 'close' } });
  expect((await ask()).status).toBe(200);

  // From the death until the replacement listens, as the gateway's log has it.
  const took: number[] = [];
  while (took.length < 3 && !took.some((milliseconds) => milliseconds < 1_000)) {
    const [victim] = running.gateway.workers;
    if (victim === undefined) throw new Error('no worker thread');
    const ended = new Promise((resolve) => victim.once('exit', resolve));
    victim.postMessage({ kind: 'changed', documents: 'something that makes it throw' });
    await ended;
    const replacements = () =>
      running.log.flatMap(({ msg, after }) => (msg === REPLACED ? [after as number] : []));
    while (replacements().length === took.length) expect((await ask()).status).toBe(200);
    took.push(replacements().at(-1) ?? Number.NaN);
    expect(running.gateway.workers).toHaveLength(2);
    for (let request = 0; request < 40; request++) expect((await ask()).status).toBe(200);
  }
  // The best of three: the machine may be busy.
  expect(Math.min(...took)).toBeLessThan(1_000);
  expect(running.log).toContainEqual(
    expect.objectContaining({ msg: 'a worker thread ended; another takes its place' }),
  );
}, 60_000);
