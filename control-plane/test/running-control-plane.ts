import { createControlPlane, loadConfig } from '@px0/control-plane';
import { createTestDatabase, leaveNote, type TestDatabase } from '@px0/test-bed';
import pg from 'pg';
import { createLog } from '#log.js';

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

/**
 * @param env beside it limits are off: one address makes every call of a test
 * @param beside another one, whose database this one shares, as replicas do
 */
export async function startControlPlane(
  env: Record<string, string> = {},
  beside?: RunningControlPlane,
): Promise<RunningControlPlane> {
  const database = beside === undefined ? await createTestDatabase() : sharedDatabase(beside.databaseUrl);
  const pool = new pg.Pool({ connectionString: database.url, max: 20 });
  const config = loadConfig({
    DATABASE_URL: database.url,
    PX0_CONTROL_PORT: '0',
    PX0_CONTROL_HOST: '127.0.0.1',
    PX0_LIMITS: 'off',
    ...env,
  });
  let logged = '';
  const log = createLog(config.logLevel, {
    write: (line: string) => {
      logged += line;
      leaveNote('logs', line);
    },
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
      await noteAuditLog(pool);
      await pool.end();
      await database.drop();
    },
  };
}

/** The one that has the database made drops it. */
function sharedDatabase(url: string): TestDatabase {
  return { url, drop: async () => {} };
}

/** What no secret may have got into: all that can be told. A test may have taken the table away. */
async function noteAuditLog(pool: pg.Pool): Promise<void> {
  const { rows } = await pool
    .query<{ line: string }>("select (to_jsonb(audit_log) - 'id' - 'at')::text as line from audit_log")
    .catch(() => ({ rows: [] }));
  for (const { line } of rows) leaveNote('audit', line);
}
