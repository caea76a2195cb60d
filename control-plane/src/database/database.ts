import pg from 'pg';
import type { Logger } from 'pino';
import { type Author, nameAuthor } from './author.js';
import { readMoment, TIMESTAMPTZ } from './moments.js';

/** Somewhere statements run: the pool, or one transaction. */
export interface Queries {
  /** @returns the rows. Times come as RFC 3339 text in UTC, bytea as Buffer, json parsed. */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

const POOL_SIZE = 10;
const CONNECT_TIMEOUT = 5_000;
const STATEMENT_TIMEOUT = 15_000;
/** Milliseconds that a statement waits for a row that another transaction holds. */
const LOCK_TIMEOUT = 5_000;

/** The control plane's connections to Postgres. Connects on first use. */
export class Database implements Queries {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string, log: Logger) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      statement_timeout: STATEMENT_TIMEOUT,
      lock_timeout: LOCK_TIMEOUT,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT,
      application_name: 'px0-control-plane',
      // Moments in UTC are read without a detour; see readMoment.
      options: '-c timezone=UTC',
      types: { getTypeParser: readAs },
    });
    this.#pool.on('error', (err) => log.warn({ err }, 'an idle database connection broke'));
    // The pool listens only while nobody uses a connection; one that breaks in use fails its statement,
    // which is told there.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#pool.query(statement, [...values])).rows as Row[];
  }

  /** Runs work in one transaction: committed when it resolves, undone when it rejects. */
  async transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work({
        query: async <Row>(statement: string, values: readonly unknown[] = []) =>
          (await client.query(statement, [...values])).rows as Row[],
      });
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /**
   * Runs work in one transaction whose changes the audit log puts down to an author. Whatever people
   * and keys change goes this way: outside of it the log knows no more than "system".
   *
   * @param work is done once more if it ran into a deadlock: it must change nothing but the database
   */
  async change<Result>(author: Author, work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const authored = async (queries: Queries) => {
      await nameAuthor(queries, author);
      return work(queries);
    };
    try {
      return await this.transaction(authored);
    } catch (error) {
      // Two that waited for each other: Postgres has undone this one for the other's sake.
      if (stateOf(error) !== DEADLOCK) throw error;
      return this.transaction(authored);
    }
  }

  /** Waits for what is under way, then disconnects. */
  close(): Promise<void> {
    return this.#pool.end();
  }
}

function readAs(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === TIMESTAMPTZ ? readMoment : pg.types.getTypeParser(oid, format as 'text');
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const DEADLOCK = '40P01';

/** Whether a statement failed because the row is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return stateOf(error) === UNIQUE_VIOLATION;
}

/** Whether a statement failed because what the row refers to is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return stateOf(error) === FOREIGN_KEY_VIOLATION;
}

function stateOf(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
