import { createControlPlane, loadConfig } from '@px0/control-plane';
import { createTestDatabase } from '@px0/test-bed';
import pg from 'pg';
import { pino } from 'pino';

/** A control plane of a test file's own, on a free port and a database of its own. */
export interface RunningControlPlane {
  readonly url: string;
  readonly databaseUrl: string;
  /** Runs SQL on its database, for what the API cannot do yet or must not. */
  sql<Row>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** All that it has logged so far. */
  log(): string;
  close(): Promise<void>;
}

export async function startControlPlane(env: Record<string, string> = {}): Promise<RunningControlPlane> {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 20 });
  let logged = '';
  const log = pino(
    { level: 'info' },
    {
      write: (line: string) => {
        logged += line;
      },
    },
  );
  const config = loadConfig({
    DATABASE_URL: database.url,
    PX0_CONTROL_PORT: '0',
    PX0_CONTROL_HOST: '127.0.0.1',
    ...env,
  });
  const controlPlane = await createControlPlane(config, { log });
  const { port } = await controlPlane.listen();
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl: database.url,
    sql: async <Row>(statement: string, values: unknown[] = []) =>
      (await pool.query(statement, values)).rows as Row[],
    log: () => logged,
    close: async () => {
      await controlPlane.close();
      await pool.end();
      await database.drop();
    },
  };
}
