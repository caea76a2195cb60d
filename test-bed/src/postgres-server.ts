import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '@px0/local';

/** A Postgres process for tests and benches: real, but with nothing that makes data survive a power cut. */
export interface PostgresServer {
  /** URL of its `postgres` database. */
  readonly url: string;
  /** Of its first process, which starts one for each connection. */
  readonly pid: number | undefined;
  /** Ends the process and deletes its data. */
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-postgres-'));
  const server = await startEmbeddedPostgres({
    directory: path.join(directory, 'postgres'),
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '500',
      shared_buffers: '64MB',
    },
  });
  const killNow = () => server.process.kill('SIGKILL');
  process.on('exit', killNow);
  return {
    url: server.url,
    pid: server.process.pid,
    stop: async () => {
      await server.stop();
      process.off('exit', killNow);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
