import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiKey } from '@px0/contract';
import { startGateway, startRedis, until } from '@px0/test-bed';
import { expect, onTestFinished, test } from 'vitest';
import { openSnapshot } from '#snapshot/read-snapshot.js';
import { post } from '../client.js';
import { newOrg } from '../running-gateway.js';
import { SeededFeed } from '../seeded-feed.js';

/** A feed in a Redis of its own, with a prompt in it, and where a gateway's snapshot goes. */
async function feedOfOnePrompt() {
  const redis = await startRedis();
  const feed = new SeededFeed({ url: redis.url, prefix: 'px0' });
  const directory = mkdtempSync(path.join(tmpdir(), 'px0-restart-'));
  onTestFinished(async () => {
    await feed.close();
    await redis.stop();
    rmSync(directory, { recursive: true });
  });
  await feed.begin();
  const { org_id } = newOrg();
  const key = await feed.key({ org_id });
  const prompt = await feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['one', 'two']);
  const file = path.join(directory, 'kept', 'gateway.snapshot');
  const start = async () => {
    const gateway = await startGateway(
      { databaseUrl: 'postgres://unused', redis: { url: redis.url, prefix: 'px0' } },
      { PX0_SNAPSHOT_FILE: file },
    );
    onTestFinished(() => void gateway.process.kill('SIGKILL'));
    const render = (slug = 'greeting', token = key) =>
      post(`${gateway.url}/v1/prompts/${slug}/render`, { key: token });
    return { gateway, render };
  };
  return { redis, feed, prompt, file, start };
}

/** Waits until a snapshot holds so many documents. */
const kept = (file: string, documents: number) =>
  until('a snapshot of everything', async () => {
    try {
      const snapshot = openSnapshot(file);
      snapshot.close();
      return snapshot.count >= documents || undefined;
    } catch {
      return undefined;
    }
  });

test.each([
  ['was stopped', 'SIGTERM'],
  ['was killed', 'SIGKILL'],
] as const)(
  'with everything else dead, a gateway that %s serves what it knew when it is started again, and follows when the feed is back',
  async (_how, signal) => {
    const { redis, feed, prompt, file, start } = await feedOfOnePrompt();
    const first = await start();
    const fresh = await first.render();
    expect(fresh).toMatchObject({ status: 200, json: { rendered: 'one' } });
    expect(fresh.headers.has('x-px0-stale')).toBe(false);
    if (signal === 'SIGKILL') await kept(file, 5);
    await first.gateway.stop(signal);
    await redis.kill();

    const second = await start();
    const stale = await second.render();
    expect(stale).toMatchObject({ status: 200, json: { rendered: 'one', version: 1 } });
    expect(stale.headers.get('x-px0-stale')).toMatch(/^\d+$/);
    for (const unknown of [second.render('unheard-of'), second.render(randomUUID())]) {
      const answer = await unknown;
      expect(answer).toMatchObject({ status: 503, json: { error: 'service unavailable' } });
      expect(answer.headers.has('retry-after')).toBe(true);
    }
    expect(await second.render('greeting', createApiKey())).toMatchObject({ status: 503 });
    const readiness = await fetch(`${second.gateway.url}/v1/health/ready`);
    expect([readiness.status, await readiness.json()]).toEqual([
      200,
      { status: 'OK', dependencies: { feed: 'unreachable' }, stale_seconds: expect.any(Number) },
    ]);

    await redis.start({ empty: true });
    await feed.begin();
    await feed.update(prompt, { live: 2 });
    const followed = await until('it follows', async () => {
      const answer = await second.render();
      return answer.headers.has('x-px0-stale') ? undefined : answer;
    });
    expect(followed).toMatchObject({ status: 200, json: { rendered: 'two' } });
    expect(await second.render('unheard-of')).toMatchObject({ status: 404 });
    expect(await second.gateway.stop()).toBe(0);
  },
  60_000,
);

test('with the feed alive, a gateway that is started again answers nothing from its snapshot alone', async () => {
  const { feed, prompt, start } = await feedOfOnePrompt();
  const first = await start();
  expect(await first.gateway.stop()).toBe(0);
  await feed.update(prompt, { live: 2 });
  const second = await start();
  const answer = await second.render();
  expect(answer).toMatchObject({ status: 200, json: { rendered: 'two' } });
  expect(answer.headers.has('x-px0-stale')).toBe(false);
}, 60_000);
