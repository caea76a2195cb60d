import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { announced, TEMPLATE_DATABASE } from './environment.js';

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
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

/** @returns the URL of another database on the server that `server` points to */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs one statement on a server's `postgres` database. */
export async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
