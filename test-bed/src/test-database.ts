import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { announced, TEMPLATE_DATABASE } from './environment.js';

/** For which a database that is dropped waits for its connections, in milliseconds. */
const PATIENCE = 500;
/** Between two looks at them. */
const LOOK = 10;

export interface TestDatabase {
  readonly url: string;
  /** Ends whatever is connected, and deletes the database. */
  drop(): Promise<void>;
}

/** @returns a migrated, empty database of one's own on the test run's Postgres server */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = announced('postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(server, `create database ${name} template ${TEMPLATE_DATABASE}`);
  return {
    url: databaseUrl(server, name),
    drop: () => dropDatabase(server, name),
  };
}

/** @returns the URL of another database on the server that `server` points to */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/**
 * Who has said that it ends may not be gone yet: a pool of `pg` does not wait for that, and to be ended by the server
 * instead is an error that nobody is there to hear.
 */
async function dropDatabase(server: string, name: string): Promise<void> {
  await withClient(server, async (client) => {
    const isUsed = async () =>
      (await client.query('select from pg_stat_activity where datname = $1 limit 1', [name])).rowCount !== 0;
    for (let waited = 0; waited < PATIENCE && (await isUsed()); waited += LOOK) await sleep(LOOK);
    await client.query(`drop database if exists ${name} with (force)`);
  });
}

/** Runs one statement on a server's `postgres` database. */
export async function onServer(server: string, statement: string): Promise<void> {
  await withClient(server, (client) => client.query(statement));
}

async function withClient(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
