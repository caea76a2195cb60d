import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { MigrationError, migrate, StartupError } from '@px0/control-plane';
import { createTestDatabase, databaseUrl, onServer } from '@px0/test-bed';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';

let server: string;
let name: string;
let url: string;

beforeEach(async () => {
  // Of a migrated clone only its server is of use here.
  const clone = await createTestDatabase();
  server = databaseUrl(clone.url, 'postgres');
  await clone.drop();
  name = `test_${randomUUID().replaceAll('-', '')}`;
  url = databaseUrl(server, name);
  await onServer(server, `create database ${name} template template0`);
});
afterEach(() => onServer(server, `drop database ${name} with (force)`));

async function query<Row>(statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Row[];
  } finally {
    await client.end();
  }
}

const migrationFiles = async () => (await readdir(new URL('../migrations/', import.meta.url))).sort();

test('an empty database gets every migration, once', async () => {
  await migrate(url);
  await migrate(url);
  const files = await migrationFiles();
  const applied = await query<{ file: string }>('select file from migrations order by number');
  expect(applied.map(({ file }) => file)).toEqual(files);
  expect(await query('select from prompts')).toEqual([]);
});

test('of processes that start at once one migrates and the others wait', async () => {
  await Promise.all(Array.from({ length: 5 }, () => migrate(url)));
  expect(await query('select from migrations')).toHaveLength((await migrationFiles()).length);
});

test('a database of a newer px0 is left alone', async () => {
  await migrate(url);
  await query(`insert into migrations (number, file) values (9000, '9000_of_tomorrow.sql')`);
  await expect(migrate(url)).rejects.toThrow(MigrationError);
  await expect(migrate(url)).rejects.toThrow(/newer px0 \(9000_of_tomorrow\.sql is unknown/);
});

test('a migration that fails leaves nothing behind', async () => {
  await query('create table publisher_state ()');
  await expect(migrate(url)).rejects.toThrow(
    /^Migration 0001_first_prompt\.sql failed and was undone: .*exists/,
  );
  expect(await query(`select from pg_tables where tablename = 'users'`)).toEqual([]);
  expect(await query('select from migrations')).toEqual([]);
});

test('no database is a sentence without its password', async () => {
  const gone = 'postgres://px0:s3cret@127.0.0.1:1/px0';
  await expect(migrate(gone)).rejects.toThrow(StartupError);
  await expect(migrate(gone)).rejects.toThrow(
    /^No database at 127\.0\.0\.1:1\/px0: .*ECONNREFUSED.*\. Start Postgres, or correct DATABASE_URL\.$/,
  );
});
