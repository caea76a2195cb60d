import {
  encodeMessage,
  type FeedDocument,
  type FeedHead,
  type FeedMessage,
  FeedUnavailableError,
  type FeedWriter,
  LOG_LENGTH,
  postgresFeedLayout,
} from '@px0/contract';
import pg from 'pg';
import { wordsOf } from '../database/connection-trouble.js';

const { head: HEAD, documents: DOCUMENTS, bell: BELL, bellLimit: BELL_LIMIT } = postgresFeedLayout;
const CONNECT_TIMEOUT = 2_000;
const QUERY_TIMEOUT = 10_000;
/** The log is cut in steps of so many revisions, so that most appends need not look for old tombstones. */
const TRIM_STEP = 1_000;

interface HeadRow {
  readonly epoch: string;
  readonly revision: string;
  readonly log_start: string;
}

const READ_HEAD = `select epoch, revision, log_start from ${HEAD}`;
const LOCK_HEAD = `${READ_HEAD} for update`;
const RING = `select pg_notify('${BELL}', $3) from ${HEAD} where epoch = $1 and revision = $2`;
const WRITE_DOCUMENTS = `
  insert into ${DOCUMENTS} (key, revision, body)
  select * from unnest($1::text[], $2::bigint[], $3::text[])
  on conflict (key) do update set revision = excluded.revision, body = excluded.body`;
const MOVE_HEAD = `
  with moved as (update ${HEAD} set revision = $1, log_start = $2)
  select pg_notify('${BELL}', $3)`;
const DROP_TOMBSTONES = `delete from ${DOCUMENTS} where body is null and revision > $1 and revision <= $2`;
const SET_HEAD = `
  insert into ${HEAD} (epoch, revision, log_start) values ($1, $2, $2)
  on conflict (only_row) do update
  set epoch = excluded.epoch, revision = excluded.revision, log_start = excluded.log_start`;

/** The feed in the control plane's own Postgres, in the tables that its migrations make. */
export class PostgresFeedWriter implements FeedWriter {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'px0-feed-writer',
      max: 2,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: QUERY_TIMEOUT,
      statement_timeout: QUERY_TIMEOUT,
      keepAlive: true,
    });
    // A pooled connection that breaks while nobody uses it leaves the pool; the next query makes another.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#pool.on('error', () => {});
  }

  head(): Promise<FeedHead | undefined> {
    return reach(async () => {
      const head = await readHead(this.#pool, READ_HEAD);
      return head && { epoch: head.epoch, revision: head.revision };
    });
  }

  append(expected: FeedHead, documents: readonly FeedDocument[]): Promise<FeedHead | 'diverged'> {
    const last = documents.at(-1);
    if (last === undefined) throw new RangeError('nothing to append');
    const next = { epoch: expected.epoch, revision: last.revision };
    return this.#transact(async (client) => {
      const head = await readHead(client, LOCK_HEAD);
      if (!isSame(head, expected)) return 'diverged';
      await client.query(WRITE_DOCUMENTS, [
        documents.map(({ key }) => key),
        documents.map(({ revision }) => revision),
        documents.map(({ body }) => body),
      ]);
      const reach = next.revision - LOG_LENGTH;
      const logStart = reach - head.logStart >= TRIM_STEP ? reach : head.logStart;
      if (logStart > head.logStart) await client.query(DROP_TOMBSTONES, [head.logStart, logStart]);
      const message = { ...next, previous: expected.revision, documents };
      await client.query(MOVE_HEAD, [next.revision, logStart, bellText(message)]);
      return next;
    });
  }

  ring(expected: FeedHead): Promise<boolean> {
    const { epoch, revision } = expected;
    const text = bellText({ ...expected, previous: revision });
    return reach(async () => (await this.#pool.query(RING, [epoch, revision, text])).rowCount === 1);
  }

  rebuild(
    head: FeedHead,
    documents: AsyncIterable<readonly { readonly key: string; readonly body: string }[]>,
  ): Promise<FeedHead | 'diverged'> {
    return this.#transact(async (client) => {
      // The table's lock and not the row's: there may be no row yet. Readers are not held up.
      await client.query(`lock table ${HEAD} in share row exclusive mode`);
      const old = await readHead(client, LOCK_HEAD);
      if (old !== undefined && old.revision >= head.revision) return 'diverged';
      await client.query(`delete from ${DOCUMENTS}`);
      for await (const page of documents) {
        await client.query(WRITE_DOCUMENTS, [
          page.map(({ key }) => key),
          page.map(() => head.revision),
          page.map(({ body }) => body),
        ]);
      }
      await client.query(SET_HEAD, [head.epoch, head.revision]);
      await client.query(`select pg_notify('${BELL}', $1)`, [bellText({ ...head, previous: head.revision })]);
      return head;
    });
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #transact<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return reach(async () => {
      const client = await this.#pool.connect();
      let broken = true;
      try {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        broken = false;
        return result;
      } finally {
        // A connection in an unknown state is not lent again: closing it rolls its transaction back.
        client.release(broken);
      }
    });
  }
}

async function reach<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new FeedUnavailableError(`Postgres: ${wordsOf(cause)}`, {
      cause,
    });
  }
}

async function readHead(client: pg.Pool | pg.PoolClient, query: string) {
  const row = (await client.query<HeadRow>(query)).rows[0];
  if (row === undefined) return undefined;
  return { epoch: row.epoch, revision: Number(row.revision), logStart: Number(row.log_start) };
}

function isSame<H extends FeedHead>(head: H | undefined, expected: FeedHead): head is H {
  return head?.epoch === expected.epoch && head.revision === expected.revision;
}

function bellText(message: FeedMessage): string {
  let length = 0;
  for (const { body } of message.documents ?? []) length += body?.length ?? 0;
  if (length <= BELL_LIMIT) {
    const text = encodeMessage(message);
    if (Buffer.byteLength(text) <= BELL_LIMIT) return text;
  }
  const { epoch, revision, previous } = message;
  return encodeMessage({ epoch, revision, previous });
}
