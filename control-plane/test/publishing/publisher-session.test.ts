import { createTestDatabase, type TestDatabase } from '@px0/test-bed';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Batch, type PublisherSession, sessionsIn } from '#publishing/publisher-session.js';
import { Tenant } from './tenant.js';

let database: TestDatabase;
let tenant: Tenant;
let session: PublisherSession;

beforeEach(async () => {
  database = await createTestDatabase();
  tenant = await Tenant.create(database.url);
  session = await sessionsIn(database.url, pino({ level: 'silent' }))(
    () => {},
    () => {},
  );
});
afterEach(async () => {
  await session.close();
  await tenant.close();
  await database.drop();
});

it('takes large documents in several steps, and every note in one of them', async () => {
  const prompt = await tenant.prompt('large');
  const template = 'x'.repeat(200 * 1024);
  for (let version = 1; version <= 100; version += 1) await tenant.version(prompt, version, template);
  const { rows } = await tenant.query('select count(*)::integer as notes from outbox');

  const batches: Batch[] = [];
  for (;;) {
    const batch = await session.takeBatch();
    if (batch === undefined) break;
    batches.push(batch);
    await session.settle(batch.noteIds, batch.reservedBefore + batch.documents.length);
  }
  expect(batches.length).toBeGreaterThan(1);
  for (const { documents } of batches) {
    const length = documents.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
    expect(length).toBeLessThan(16 * 1024 * 1024);
  }
  expect(new Set(batches.flatMap(({ noteIds }) => noteIds)).size).toBe(rows[0].notes);
  const versions = batches.flatMap(({ documents }) =>
    documents.filter(({ key }) => key.startsWith('version:')),
  );
  expect(versions.map(({ key }) => Number(key.split(':')[2]))).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});
