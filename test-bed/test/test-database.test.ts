import { createTestDatabase, testRedis } from '@px0/test-bed';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';

test('each test database is a migrated one of its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  await client.query("insert into organizations (name) values ('only here')");
  const elsewhere = new pg.Client({ connectionString: other.url });
  await elsewhere.connect();
  expect((await elsewhere.query('select * from organizations')).rows).toEqual([]);
  await Promise.all([client.end(), elsewhere.end()]);
  await Promise.all([one.drop(), other.drop()]);
});

test('the test Redis is a real one', async () => {
  const { url, prefix } = testRedis();
  const redis = new Redis(url);
  expect(await redis.info('server')).toContain('redis_version');
  expect(await redis.keys(`${prefix}*`)).toEqual([]);
  redis.disconnect();
});
