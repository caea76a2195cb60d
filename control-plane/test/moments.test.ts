import { createTestDatabase, type TestDatabase } from '@px0/test-bed';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from '#database/database.js';

let postgres: TestDatabase;

beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(() => postgres.drop());

test.each(['UTC', 'Asia/Kolkata', 'America/St_Johns'])(
  'moments are read in UTC to the millisecond, with %s as the time zone of the session',
  async (zone) => {
    const database = new Database(postgres.url, pino({ level: 'silent' }));
    const rows = await database.transaction(async (queries) => {
      await queries.query(`set local timezone = '${zone}'`);
      return queries.query<{ moment: string }>(
        `select moment::timestamptz from unnest(array[
           '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.123999Z',
           '2026-01-31T23:59:59.000001+05:30', '0099-03-01T00:00:00Z', null]) as moment`,
      );
    });
    await database.close();
    expect(rows.map(({ moment }) => moment)).toEqual([
      '2026-01-31T12:00:00.000Z',
      '2026-01-31T12:00:00.500Z',
      '2026-01-31T12:00:00.123Z',
      '2026-01-31T18:29:59.000Z',
      '0099-03-01T00:00:00.000Z',
      null,
    ]);
  },
);

test('sessions are in UTC, whatever the server’s time zone', async () => {
  const database = new Database(postgres.url, pino({ level: 'silent' }));
  expect(await database.query('show timezone')).toEqual([{ TimeZone: 'UTC' }]);
  await database.close();
});
