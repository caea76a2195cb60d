import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { documentKey, type GatewayReport } from '@px0/contract';
import { createTestDatabase } from '@px0/test-bed';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '#database/database.js';
import type { OwnedPrompt } from '#prompts/prompt-statements.js';
import { createFeedHouse } from '#rollouts/feed-house.js';
import { Rollouts } from '#rollouts/rollouts.js';

/** Waits over a feed that no publisher and no gateway moves but the test itself. */
const log = pino({ level: 'silent' });
const stays = new AbortController().signal;
setMaxListeners(0, stays);
let database: Database;
let rollouts: Rollouts;
let looks = 0;
let drop: () => Promise<void>;

beforeAll(async () => {
  const made = await createTestDatabase();
  drop = () => made.drop();
  database = new Database(made.url, log);
  await stand('e', 100);
  const house = createFeedHouse({ redisUrl: undefined, redisPrefix: 'unused' }, database);
  const counting = {
    look: (keys: readonly string[]) => {
      looks += 1;
      return house.look(keys);
    },
    close: () => house.close(),
  };
  rollouts = new Rollouts({ queries: database, house: counting, log });
});
afterAll(async () => {
  await database.close();
  await drop();
});

async function publish(promptId: string, revision: number): Promise<void> {
  await database.query('insert into feed_documents (key, revision, body) values ($1, $2, $3)', [
    documentKey.prompt(promptId),
    revision,
    '{}',
  ]);
}

/** The feed stands there, and the database takes it to. */
async function stand(epoch: string, revision: number, confirmed = revision): Promise<void> {
  await database.query(
    `insert into feed_head (epoch, revision, log_start) values ($1, $2, 0)
     on conflict (only_row) do update set epoch = excluded.epoch, revision = excluded.revision`,
    [epoch, revision],
  );
  await database.query('update publisher_state set epoch = $1, confirmed_revision = $2', [epoch, confirmed]);
}

async function report(changes: Partial<GatewayReport>): Promise<void> {
  const report = { gateway: randomUUID(), host: 'a', epoch: 'e', revision: null, refused: [], ...changes };
  await database.query(
    `insert into gateway_reports (gateway, reported_at, report) values ($1, now(), $2)
     on conflict (gateway) do update set report = excluded.report`,
    [report.gateway, JSON.stringify(report)],
  );
}

test('a thousand wait with a look every 20 ms between them; one more does not wait', async () => {
  const promptId = randomUUID();
  const gateway = randomUUID();
  await publish(promptId, 7);
  await report({ gateway, revision: 6 });
  const begin = performance.now();
  const waiting = Array.from({ length: 1_000 }, () => rollouts.of(promptId, null, 30_000, stays));
  const one = await rollouts.of(promptId, null, 30_000, stays);
  expect(one).toEqual({ feed: 'published', revision: 7, gateways: 1, reached: 0, refused: [] });
  expect(performance.now() - begin).toBeLessThan(10_000);
  await report({ gateway, revision: 7 });
  for (const rollout of await Promise.all(waiting)) expect(rollout).toEqual({ ...one, reached: 1 });
  expect(looks).toBeLessThan(2 + (performance.now() - begin) / 20);
  const before = looks;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(looks).toBe(before);
});

test('whoever goes away does not wait any more, and makes room', async () => {
  const promptId = randomUUID();
  await publish(promptId, 8);
  await report({ revision: 1 });
  const departure = new AbortController();
  setMaxListeners(0, departure.signal);
  const gone = Array.from({ length: 1_000 }, () => rollouts.of(promptId, null, 30_000, departure.signal));
  departure.abort();
  await Promise.all(gone);
  const begin = performance.now();
  expect(await rollouts.of(promptId, null, 200, stays)).toMatchObject({ reached: 0 });
  expect(performance.now() - begin).toBeGreaterThan(150);
  expect(await rollouts.of(promptId, null, 30_000, AbortSignal.abort())).toMatchObject({ gateways: null });
});

test('what is not in the feed is pending, and a version counts as well as its prompt', async () => {
  const promptId = randomUUID();
  const pending = { feed: 'pending', revision: null };
  expect(await rollouts.of(promptId, 1, 0, stays)).toMatchObject(pending);
  await publish(promptId, 9);
  expect(await rollouts.of(promptId, 1, 0, stays)).toMatchObject(pending);
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject({ feed: 'published', revision: 9 });
  await database.query('insert into feed_documents (key, revision, body) values ($1, 11, $2)', [
    documentKey.version(promptId, 1),
    '{}',
  ]);
  expect(await rollouts.of(promptId, 1, 0, stays)).toMatchObject({ feed: 'published', revision: 11 });
  // A newer state waits in the outbox.
  await database.query('insert into outbox (document_key) values ($1)', [documentKey.prompt(promptId)]);
  expect(await rollouts.of(promptId, 1, 0, stays)).toMatchObject(pending);
});

test('a feed that has lost changes does not count as one that has them, nor ends a wait', async () => {
  const promptId = randomUUID();
  const gateway = randomUUID();
  await publish(promptId, 90);
  await report({ gateway, revision: 90 });
  const published = { feed: 'published', revision: 90 };
  const pending = { feed: 'pending', revision: null, reached: 0 };
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject(published);
  // The store is an older copy: what the database takes for confirmed is not there any more.
  await stand('e', 95, 100);
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject(pending);
  // It is another epoch's, or none stands.
  await stand('e', 100);
  await database.query(`update publisher_state set epoch = 'f'`);
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject(pending);
  await database.query('delete from feed_head');
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject(pending);
  await stand('e', 100);
  expect(await rollouts.of(promptId, null, 0, stays)).toMatchObject(published);
});

test('who waits for what was published waits on when the feed loses it, until gateways have the next epoch', async () => {
  await database.query('delete from gateway_reports');
  const promptId = randomUUID();
  const [slow, quick] = [randomUUID(), randomUUID()];
  await publish(promptId, 98);
  await report({ gateway: quick, revision: 98 });
  await report({ gateway: slow, revision: 97 });
  let isTold = false;
  const waiting = rollouts.of(promptId, null, 30_000, stays).finally(() => {
    isTold = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  // Lost, and a new epoch begins, of which gateways that stand in the one before know nothing.
  await stand('e', 97, 100);
  await report({ gateway: slow, revision: 98 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await database.query('update feed_documents set revision = 200');
  await stand('f', 200);
  await report({ gateway: quick, epoch: 'f', revision: 200 });
  await report({ gateway: slow, revision: 300 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isTold).toBe(false);
  await report({ gateway: slow, epoch: 'f', revision: 200 });
  expect(await waiting).toMatchObject({ feed: 'published', revision: 200, gateways: 2, reached: 2 });
});

test('the way to a prompt by its slug is part of how far it is', async () => {
  await stand('f', 200);
  const prompt = { id: randomUUID(), slug: 'moved' };
  const owner = { org_id: randomUUID(), team_id: randomUUID() };
  const owned = { prompt, owner } as unknown as OwnedPrompt;
  await publish(prompt.id, 150);
  const slug = documentKey.slug(owner.org_id, prompt.slug);
  await database.query('insert into outbox (document_key) values ($1)', [slug]);
  await database.query('insert into feed_documents (key, revision, body) values ($1, 140, $2)', [slug, '{}']);
  expect(await rollouts.ofPrompt(owned, 0, stays)).toMatchObject({ feed: 'pending' });
  await database.query('delete from outbox');
  await database.query('update feed_documents set revision = 160 where key = $1', [slug]);
  expect(await rollouts.ofPrompt(owned, 0, stays)).toMatchObject({ feed: 'published', revision: 160 });
});

test('a gateway that names the very state as refused is not waited for, however little it has applied', async () => {
  await database.query('delete from gateway_reports');
  await stand('f', 220);
  const promptId = randomUUID();
  const [well, ill] = [randomUUID(), randomUUID()];
  const version = documentKey.version(promptId, 1);
  await publish(promptId, 220);
  await database.query('insert into feed_documents (key, revision, body) values ($1, 215, $2)', [
    version,
    '{}',
  ]);
  // Of what it refuses a part is not listed: so it reports no more than what lies before that.
  const reportOf = (key: string, revision: number, epoch = 'f') =>
    report({ gateway: ill, epoch, revision: 12, refused: [{ key, revision, reason: 'is not JSON' }] });
  await report({ gateway: well, epoch: 'f', revision: 219 });
  await reportOf(version, 215);
  let isTold = false;
  const waiting = rollouts.of(promptId, 1, 30_000, stays).finally(() => {
    isTold = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await reportOf(version, 214);
  await report({ gateway: well, epoch: 'f', revision: 220 });
  const others: [string, number, string?][] = [
    [documentKey.prompt(promptId), 219],
    [documentKey.version(promptId, 2), 220],
    [documentKey.prompt(randomUUID()), 220],
    [version, 215, 'e'],
  ];
  for (const other of others) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isTold).toBe(false);
    await reportOf(...other);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isTold).toBe(false);
  const begin = performance.now();
  await reportOf(version, 215);
  const refused = [{ gateway: ill, host: 'a', document: version, revision: 215, reason: 'is not JSON' }];
  expect(await waiting).toEqual({ feed: 'published', revision: 220, gateways: 2, reached: 1, refused });
  expect(performance.now() - begin).toBeLessThan(10_000);
  // One that refuses a later state has no use for this one either.
  await reportOf(documentKey.prompt(promptId), 221);
  expect(await rollouts.of(promptId, 1, 30_000, stays)).toMatchObject({ reached: 1 });
  expect(performance.now() - begin).toBeLessThan(10_000);
});
