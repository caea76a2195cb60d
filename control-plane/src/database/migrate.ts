import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { databaseUnreachable, wordsOf } from './connection-trouble.js';

/** The database cannot be brought to the state that this build needs. The message is a whole sentence. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const FOLDER = new URL('../../migrations/', import.meta.url);
/** Names the advisory lock that only migrations take: "px0m" in ASCII. */
const LOCK = 0x7078306d;
const CONNECT_TIMEOUT = 10_000;

interface Migration {
  readonly number: number;
  readonly file: string;
}

/**
 * Brings a database to the newest state: applies the numbered files of `migrations/` that it lacks,
 * in order, each in a transaction of its own. Safe to call from several processes at once: the
 * others wait, and find nothing left to do. There is no way back.
 *
 * @throws {MigrationError} if the database is newer than this build, or a file fails
 * @throws {StartupError} if no database answers
 */
export async function migrate(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'px0-migrate',
  });
  // A connection that breaks also fails the statement under way, which reports it.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    throw databaseUnreachable(databaseUrl, error);
  }
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await applyMissing(client);
  } finally {
    await client.end();
  }
}

async function applyMissing(client: pg.Client): Promise<void> {
  await client.query(`
    create table if not exists migrations (
      number integer primary key,
      file text not null,
      applied_at timestamptz not null default now()
    )`);
  const known = await knownMigrations();
  const { rows } = await client.query<Migration>('select number, file from migrations order by number');
  const applied = new Set(rows.map(({ number }) => number));
  const stranger = rows.find(({ number }) => !known.some((migration) => migration.number === number));
  if (stranger !== undefined) {
    throw new MigrationError(
      `The database has been migrated by a newer px0 (${stranger.file} is unknown to this one). ` +
        'Run that version or a later one: migrations only go forward.',
    );
  }
  for (const migration of known) {
    if (!applied.has(migration.number)) await apply(client, migration);
  }
}

async function knownMigrations(): Promise<Migration[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .sort()
    .map((file) => ({ number: Number(file.slice(0, 4)), file }));
}

async function apply(client: pg.Client, { number, file }: Migration): Promise<void> {
  const sql = await readFile(new URL(file, FOLDER), 'utf8');
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query('insert into migrations (number, file) values ($1, $2)', [number, file]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => {});
    const words = wordsOf(cause);
    throw new MigrationError(`Migration ${file} failed and was undone: ${words}`, { cause });
  }
}
