import {
  decodeMessage,
  type FeedDocument,
  type FeedHead,
  type FeedReader,
  type FeedReading,
  type FeedSubscriber,
  type FeedSubscription,
  FeedUnavailableError,
  postgresFeedLayout,
} from '@px0/contract';
import pg from 'pg';

const { head: HEAD, documents: DOCUMENTS, bell: BELL } = postgresFeedLayout;
const CONNECT_TIMEOUT = 1_000;
const QUERY_TIMEOUT = 2_000;
/** Documents of one statement: even the largest ones arrive before it times out. */
const PAGE_SIZE = 50;

interface HeadRow {
  readonly epoch: string;
  readonly head_revision: string;
}
/** A document beside the head, or the head alone. */
interface Row extends HeadRow {
  readonly key: string | null;
  readonly revision: string | null;
  readonly body: string | null;
}

const COLUMNS = 'h.epoch, h.revision as head_revision, d.key, d.revision, d.body';
// One statement sees one moment: that is what keeps head and documents together.
const READ_SINCE = `
  select h.epoch, h.revision as head_revision, d.key, d.revision from ${HEAD} h left join ${DOCUMENTS} d on d.revision > $2
  where h.epoch = $1 and h.revision >= $2 and h.log_start <= $2
  order by d.revision`;
const READ_PAGE = `
  select ${COLUMNS} from ${HEAD} h join ${DOCUMENTS} d on d.key > $2 and d.body is not null
  where h.epoch = $1
  order by d.key limit ${PAGE_SIZE}`;
const LOOK_UP = `
  select ${COLUMNS} from ${HEAD} h left join ${DOCUMENTS} d on d.key = any ($1::text[]) and d.body is not null`;

const READ_CHANGED = `
  select ${COLUMNS} from ${HEAD} h left join ${DOCUMENTS} d on d.key = any ($2::text[])
  where h.epoch = $1`;

/** The feed in the control plane's Postgres. */
export class PostgresFeedReader implements FeedReader {
  readonly #databaseUrl: string;
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
    this.#pool = new pg.Pool({ ...connectionOptions(databaseUrl, 'px0-gateway'), max: 4 });
    // A pooled connection that breaks while nobody uses it leaves the pool; the next query makes another.
    this.#pool.on('error', () => {});
  }

  async subscribe(subscriber: FeedSubscriber): Promise<FeedSubscription> {
    const client = new pg.Client(connectionOptions(this.#databaseUrl, 'px0-gateway-bell'));
    let confirmed = false;
    let over = false;
    const lose = (reason: Error) => {
      if (over || !confirmed) return;
      over = true;
      subscriber.lost(unavailable(reason));
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('the connection was closed')));
    client.on('notification', ({ payload = '' }) => {
      const message = decodeMessage(payload);
      if (message !== undefined && !over) subscriber.message(message);
    });
    const end = () => {
      over = true;
      client.end().catch(() => {
        // It is gone already, which is what was wanted.
      });
    };
    try {
      await client.connect();
      await client.query(`listen ${BELL}`);
    } catch (error) {
      end();
      throw unavailable(error);
    }
    confirmed = true;
    return { unsubscribe: async () => end() };
  }

  async head(): Promise<FeedHead | undefined> {
    const rows = await this.#query<HeadRow>(`select epoch, revision as head_revision from ${HEAD}`, []);
    return rows[0] && readHead(rows[0]);
  }

  async readSince(from: FeedHead): Promise<FeedReading | undefined> {
    const log = await this.#query<Omit<Row, 'body'>>(READ_SINCE, [from.epoch, from.revision]);
    if (log[0] === undefined) return undefined;
    const changed = new Map<string, number>();
    for (const { key, revision } of log) if (key !== null) changed.set(key, Number(revision));
    const keys = [...changed.keys()];
    const documents: FeedDocument[] = [];
    for (let start = 0; start < keys.length; start += PAGE_SIZE) {
      const page = keys.slice(start, start + PAGE_SIZE);
      const rows = await this.#query<Row>(READ_CHANGED, [from.epoch, page]);
      // Under another epoch the documents are others, and the log of this one says nothing any more.
      if (rows.length === 0) return undefined;
      const found = new Map(rows.flatMap(readDocument).map((document) => [document.key, document]));
      for (const key of page) {
        documents.push(found.get(key) ?? { key, revision: changed.get(key) ?? from.revision, body: null });
      }
    }
    return { head: readHead(log[0]), documents: documents.sort((a, b) => a.revision - b.revision) };
  }

  async *readAll(epoch: string): AsyncGenerator<readonly FeedDocument[]> {
    let after = '';
    for (;;) {
      const page = (await this.#query<Row>(READ_PAGE, [epoch, after])).flatMap(readDocument);
      const last = page.at(-1);
      if (last === undefined) return;
      yield page;
      after = last.key;
    }
  }

  async lookUp(keys: readonly string[]): Promise<FeedReading | undefined> {
    if (keys.length === 0) throw new RangeError('nothing to look up');
    return readReading(await this.#query<Row>(LOOK_UP, [keys]));
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #query<R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> {
    try {
      return (await this.#pool.query<R>(text, values)).rows;
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

/** How the gateway connects to Postgres: with a limit on everything that is waited for. */
export function connectionOptions(databaseUrl: string, applicationName: string): pg.ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: QUERY_TIMEOUT,
    statement_timeout: QUERY_TIMEOUT,
    keepAlive: true,
  };
}

function readReading(rows: readonly Row[]): FeedReading | undefined {
  return rows[0] && { head: readHead(rows[0]), documents: rows.flatMap(readDocument) };
}

function readHead({ epoch, head_revision }: HeadRow): FeedHead {
  return { epoch, revision: Number(head_revision) };
}

function readDocument({ key, revision, body }: Row): FeedDocument[] {
  return key === null ? [] : [{ key, revision: Number(revision), body }];
}

/** @returns the error that a caller of the feed gets, whatever Postgres or its client said */
export function unavailable(cause: unknown): FeedUnavailableError {
  return new FeedUnavailableError(`Postgres: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  });
}
