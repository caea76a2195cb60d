import { migrate } from '@px0/control-plane';
import { announce, TEMPLATE_DATABASE } from './environment.js';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import { beginNotes } from './run-notes.js';
import { databaseUrl, onServer } from './test-database.js';

/** Once a test run: a Postgres with the migrated template database, a Redis, and room for notes. */
export default async function setUp(): Promise<() => Promise<void>> {
  const endNotes = beginNotes();
  const postgres = await startPostgres();
  await onServer(postgres.url, `create database ${TEMPLATE_DATABASE}`);
  await migrate(databaseUrl(postgres.url, TEMPLATE_DATABASE));
  announce('postgres', postgres.url);
  const own = process.env.REDIS_URL === undefined ? await startRedis() : undefined;
  announce('redis', own?.url ?? process.env.REDIS_URL ?? '');
  return async () => {
    await Promise.all([postgres.stop(), own?.stop()]);
    endNotes();
  };
}
