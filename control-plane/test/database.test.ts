import { createTestDatabase, type TestDatabase } from '@px0/test-bed';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '#database/database.js';
import { cuttable } from './cuttable-connection.js';

let postgres: TestDatabase;

beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(() => postgres.drop());

test.each<[string, (database: Database) => Promise<unknown>]>([
  [
    'ended by the server',
    (database) =>
      database.transaction(async (queries) => {
        await queries.query('select pg_terminate_backend(pg_backend_pid())');
        return queries.query('select 1');
      }),
  ],
  [
    'cut while nothing is asked',
    async (database) => {
      const way = await cuttable(postgres.url);
      const other = new Database(way.url, pino({ level: 'silent' }));
      try {
        return await other.transaction(async (queries) => {
          await queries.query('select 1');
          await way.cut();
          await database.query('select pg_sleep(0.1)');
          return queries.query('select 1');
        });
      } finally {
        await other.close();
      }
    },
  ],
])('a connection that is %s in a transaction fails the transaction, and nothing else', async (_how, work) => {
  const database = new Database(postgres.url, pino({ level: 'silent' }));
  await expect(work(database)).rejects.toThrow();
  expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  await database.close();
});
