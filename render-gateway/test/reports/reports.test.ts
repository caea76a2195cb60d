import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  decodeReport,
  documentKey,
  encodeDocument,
  type GatewayReport,
  redisFeedLayout,
} from '@px0/contract';
import { compile } from '@px0/template-engine';
import { testRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { post } from '../client.js';
import { newOrg, type RunningGateway, runGateway } from '../running-gateway.js';
import type { PromptState } from '../seeded-feed.js';

/** What a gateway of two threads tells of itself while documents come that it can use, and others. */
const space = testRedis();
let redis: Redis;
let running: RunningGateway;
let key: string;
let prompt: PromptState;

beforeAll(async () => {
  redis = new Redis(space.url);
  running = await runGateway({ threads: 2, redis: space });
});
afterAll(async () => {
  await running.close();
  redis.disconnect();
});
beforeEach(async () => {
  const { org_id, team_id } = newOrg();
  key = await running.feed.key({ org_id });
  prompt = await running.feed.prompt({ org_id, team_id, slug: 'greeting', live: 1 }, ['first', 'second']);
});

async function reports(): Promise<GatewayReport[]> {
  const stored = await redis.hvals(redisFeedLayout(space.prefix).gateways);
  return stored.flatMap((text) => decodeReport(text.slice(text.indexOf(':') + 1)) ?? []);
}

/** Waits for a report that is as wanted. */
function reported(what: string, wanted: (report: GatewayReport) => boolean): Promise<GatewayReport> {
  return until(what, async () => (await reports()).find(wanted));
}

function head(): Promise<number> {
  return redis.hget(redisFeedLayout(space.prefix).head, 'revision').then(Number);
}

function rendered(version?: number) {
  return post(running.renderUrl(prompt.id, version), { key }).then(({ status, json }) =>
    status === 200 ? (json as { rendered: string }).rendered : status,
  );
}

const versionKey = (version: number) => documentKey.version(prompt.id, version);
const versionDocument = (version: number, template: string, changes: object = {}) =>
  JSON.stringify({
    ...JSON.parse(
      encodeDocument({
        kind: 'version',
        prompt_id: prompt.id,
        version,
        program: compile(template, { name: 't' }),
        missing: 'error',
        model: null,
        model_params: null,
      }),
    ),
    ...changes,
  });

test('the report names machine and epoch, and the revision that all threads have applied', async () => {
  const revision = await head();
  const report = await reported('it is up to date', (one) => one.revision === revision);
  expect(report).toEqual({
    gateway: expect.stringMatching(/^[0-9a-f-]{36}$/),
    host: hostname(),
    epoch: await redis.hget(redisFeedLayout(space.prefix).head, 'epoch'),
    revision,
    refused: [],
  });
  expect(await reports()).toHaveLength(1);
});

describe('a document that is of no use', () => {
  test('leaves the state before in use, also where nobody had asked for that one before', async () => {
    await running.feed.write([{ key: documentKey.prompt(prompt.id), body: '{"format":999}' }]);
    const revision = await head();
    const { refused } = await reported('it is refused', ({ refused: [one] }) => one?.revision === revision);
    expect(refused).toEqual([
      { key: documentKey.prompt(prompt.id), revision, reason: 'has the unknown format 999' },
    ]);
    // Both threads answer from what the primary has kept.
    const answers = await Promise.all(Array.from({ length: 20 }, () => rendered()));
    expect(new Set(answers)).toEqual(new Set(['first']));
    expect(running.log.filter((line) => line.revision === revision)).toHaveLength(1);

    prompt.live = 2;
    await running.feed.put({ kind: 'prompt', ...prompt });
    await reported('a newer state ends it', (one) => one.refused.length === 0);
    expect(await rendered()).toBe('second');
  });

  test.each([
    ['no JSON', () => '{', 'is not JSON'],
    [
      'the state of another thing',
      () => versionDocument(1, 'third').replace('"version":1', '"version":2'),
      'holds the state of another document',
    ],
    [
      'no program',
      () => versionDocument(1, '', { program: [1, 2] }),
      'invalid template program: $: must be an object',
    ],
  ])('is told of with its reason: %s', async (_name, body, reason) => {
    expect(await rendered(1)).toBe('first');
    await running.feed.write([{ key: versionKey(1), body: body() }]);
    const revision = await head();
    const report = await reported('it is refused', ({ refused }) =>
      refused.some((one) => one.key === versionKey(1)),
    );
    expect(report.refused).toEqual([
      { key: versionKey(1), revision, reason: expect.stringContaining(reason) },
    ]);
    expect(await rendered(1)).toBe('first');
    await running.feed.write([{ key: versionKey(1), body: null }]);
    await reported('its end ends it', (one) => one.refused.length === 0);
    expect(await rendered(1)).toBe(404);
  });

  test('is not served where there is no state before it, and not taken for absent', async () => {
    await running.feed.write([{ key: versionKey(3), body: versionDocument(3, 'third', { format: 2 }) }]);
    await reported('it is refused', ({ refused }) => refused.some((one) => one.key === versionKey(3)));
    expect(await rendered(3)).toBe(503);
    await running.feed.write([{ key: versionKey(3), body: versionDocument(3, 'third') }]);
    await reported('a newer state ends it', (one) => one.refused.length === 0);
    expect(await rendered(3)).toBe('third');
  });

  test('is found by its first use when everything is read anew, and the state before takes its place', async () => {
    expect(await rendered(2)).toBe('second');
    await running.feed.write([{ key: versionKey(1), body: versionDocument(1, 'first, changed') }]);
    const broken = running.feed.spoil(versionKey(1), versionDocument(1, 'x', { format: 2 }));
    await running.feed.begin();
    const revision = await head();
    await reported('all is read', (one) => one.revision === revision);
    const answers = [await rendered(1), await rendered(1)];
    expect(answers[1]).toBe('first, changed');
    const { refused } = await reported('it is refused', (one) => one.refused.length > 0);
    expect(refused).toEqual([{ key: versionKey(1), revision, reason: 'has the unknown format 2' }]);
    broken();
    await running.feed.write([{ key: versionKey(1), body: versionDocument(1, 'mended') }]);
    await reported('a newer state ends it', (one) => one.refused.length === 0);
    expect(await rendered(1)).toBe('mended');
  });

  test('is forgotten when everything is read anew and it is gone, though nothing of it was held', async () => {
    await running.feed.write([{ key: versionKey(9), body: '{' }]);
    await reported('it is refused', ({ refused }) => refused.some((one) => one.key === versionKey(9)));
    running.feed.spoil(versionKey(9), null);
    await running.feed.begin();
    await reported('its absence ends it', (one) => one.refused.length === 0);
  });

  test('is judged apart if it is long, and gives way to the state before', async () => {
    const long = '{{if .a}}{{.a}}{{end}}'.repeat(4_000);
    await running.feed.write([{ key: versionKey(1), body: versionDocument(1, `long${long}`) }]);
    const first = await head();
    await reported('it is applied', (one) => (one.revision ?? 0) >= first);
    const ask = () => post(running.renderUrl(prompt.id, 1), { key, body: { variables: { a: 0 } } });
    expect(await ask()).toMatchObject({ status: 200, json: { rendered: 'long' } });
    const program = JSON.parse(versionDocument(1, long)).program;
    await running.feed.write([
      { key: versionKey(1), body: versionDocument(1, 'x', { program: { ...program, format: 99 } }) },
    ]);
    const revision = await head();
    const { refused } = await reported('it is refused', (one) => one.refused.length > 0);
    expect(refused).toEqual([{ key: versionKey(1), revision, reason: expect.stringContaining('program') }]);
    expect(await ask()).toMatchObject({ status: 200, json: { rendered: 'long' } });
    await running.feed.write([{ key: versionKey(1), body: null }]);
    await reported('its end ends it', (one) => one.refused.length === 0);
  });
});

test('many documents at once are judged with pauses, and are all applied', async () => {
  const ids = Array.from({ length: 3_000 }, () => randomUUID());
  await running.feed.write(
    ids.map((id, index) => ({
      key: documentKey.prompt(id),
      body:
        index % 1_000 === 0
          ? 'junk'
          : encodeDocument({ kind: 'prompt', id, org_id: id, team_id: id, slug: 's', live: null, tags: {} }),
    })),
  );
  const revision = await head();
  const { refused } = await reported('all is applied', (one) => one.revision === revision);
  expect(refused.map((one) => one.key).sort()).toEqual(
    [ids[0], ids[1_000], ids[2_000]].map((id) => documentKey.prompt(id ?? '')).sort(),
  );
  await running.feed.write(refused.map((one) => ({ key: one.key, body: null })));
  await reported('their end ends it', (one) => one.refused.length === 0);
});

test('a thread that is replaced counts again once it is there', async () => {
  const [first] = running.gateway.workers;
  first?.postMessage({ kind: 'drain' });
  await until('another has taken its place', async () =>
    running.gateway.workers.length === 2 && !running.gateway.workers.includes(first as never)
      ? true
      : undefined,
  );
  await running.feed.put({ kind: 'prompt', ...prompt, live: 2 });
  const revision = await head();
  await reported('both have it', (one) => one.revision === revision);
});

test('a gateway that stops in order takes its report away', async () => {
  const other = await runGateway({
    redis: testRedis(),
    env: { REDIS_URL: space.url, PX0_REDIS_PREFIX: space.prefix },
  });
  await until('two report', async () => ((await reports()).length === 2 ? true : undefined));
  await other.close();
  expect(await reports()).toHaveLength(1);
});
