import type { FeedHead } from '@px0/contract';
import pg from 'pg';
import type { Logger } from 'pino';
import { DocumentLoader, type LoadedDocument } from './document-loader.js';
import { FEED_FORMAT, type PublisherState } from './publisher-position.js';

/** Names the publisher's lock among the advisory locks of the database. */
const LOCK = [0x707830, 1] as const;
const CONNECT_TIMEOUT = 5_000;
const QUERY_TIMEOUT = 10_000;
const CLOSE_TIMEOUT = 500;
/** Notes of one step, at most. */
const BATCH_SIZE = 256;
/** Characters of documents after which a step takes no more notes: the others come with the next one. */
const BATCH_LENGTH = 8 * 1024 * 1024;
/** Documents loaded between two looks at that. */
const LOAD_SIZE = 16;

/**
 * Tells a database from its copies. Data directories are restored, and replicas take over, on a server that
 * was started for it; a dump comes into another database, or into a table that was made or emptied for it.
 */
const SERVER = `concat_ws('/', extract(epoch from pg_postmaster_start_time()),
  (select oid from pg_database where datname = current_database()), pg_relation_filenode('publisher_state'))`;

interface StateRow {
  readonly epoch: string | null;
  readonly feed_format: string | null;
  readonly reserved_revision: string;
  readonly confirmed_revision: string;
  readonly server: string | null;
  readonly server_now: string;
}

/** What one step is about: the notes that it settles, and the state of now of what they name. */
export interface Batch {
  readonly noteIds: readonly string[];
  readonly documents: readonly LoadedDocument[];
  /** The revision before the first one that was reserved for these documents. */
  readonly reservedBefore: number;
}

/**
 * What a publisher does in the database, on one connection. The lock belongs to the connection: whoever
 * can still use it holds the lock, and losing either is losing both. Every method rejects when the
 * database does not answer, and may have done its work all the same.
 */
export interface PublisherSession {
  /** @returns whether the lock is held now. Another publisher may have it. */
  tryLock(): Promise<boolean>;
  state(): Promise<PublisherState>;
  /** The epoch goes on, on the server of now. */
  adopt(): Promise<void>;
  /**
   * The oldest notes, with the documents as they are in that same moment, and a revision reserved for
   * each document. Repeating it repeats the documents, under newer revisions.
   * @returns undefined if there are no notes
   */
  takeBatch(): Promise<Batch | undefined>;
  /** The feed holds all up to `revision`: these notes are settled. */
  settle(noteIds: readonly string[], revision: number): Promise<void>;
  /**
   * All documents of one moment, in pages. Once they are through, and not before, only a feed of this epoch,
   * and of this build's format, is one to go on with.
   */
  loadEpoch(head: FeedHead): AsyncIterable<readonly { readonly key: string; readonly body: string }[]>;
  /** Closes the connection, and by that frees the lock. Does not wait long for a server that is gone. */
  close(): Promise<void>;
}

/**
 * Connects.
 * @param onNote called when notes may have been left
 * @param onLost called at most once, when the connection breaks, and not by closing it
 */
export type OpenSession = (onNote: () => void, onLost: (error: Error) => void) => Promise<PublisherSession>;

/** Sessions in Postgres. */
export function sessionsIn(databaseUrl: string, log: Logger): OpenSession {
  return (onNote, onLost) => PostgresSession.open(databaseUrl, log, onNote, onLost);
}

class PostgresSession implements PublisherSession {
  readonly #client: pg.Client;
  readonly #loader: DocumentLoader;
  readonly #beforeClose: () => void;

  private constructor(client: pg.Client, loader: DocumentLoader, beforeClose: () => void) {
    this.#client = client;
    this.#loader = loader;
    this.#beforeClose = beforeClose;
  }

  static async open(
    databaseUrl: string,
    log: Logger,
    onNote: () => void,
    onLost: (error: Error) => void,
  ): Promise<PostgresSession> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'px0-publisher',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      query_timeout: QUERY_TIMEOUT,
      statement_timeout: QUERY_TIMEOUT,
      keepAlive: true,
    });
    let lost = false;
    const lose = (error: Error) => {
      if (!lost) onLost(error);
      lost = true;
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('the connection to Postgres was closed')));
    client.on('notification', onNote);
    try {
      await client.connect();
      // The server frees the lock of a publisher whose machine is gone within some 20 seconds.
      await client.query(`select set_config('tcp_keepalives_idle', '10', false),
        set_config('tcp_keepalives_interval', '3', false), set_config('tcp_keepalives_count', '3', false)`);
      await client.query('listen px0_outbox');
    } catch (error) {
      lost = true;
      await end(client);
      throw error;
    }
    return new PostgresSession(client, new DocumentLoader(log), () => {
      lost = true;
    });
  }

  async tryLock(): Promise<boolean> {
    const { rows } = await this.#client.query<{ locked: boolean }>(
      'select pg_try_advisory_lock($1, $2) as locked',
      [...LOCK],
    );
    return rows[0]?.locked === true;
  }

  async state(): Promise<PublisherState> {
    const { rows } = await this.#client.query<StateRow>(
      `select epoch, feed_format, reserved_revision, confirmed_revision, server, ${SERVER} as server_now
       from publisher_state`,
    );
    const row = rows[0];
    if (row === undefined) throw new Error('publisher_state has lost its row');
    return {
      epoch: row.epoch,
      format: row.feed_format,
      reserved: Number(row.reserved_revision),
      confirmed: Number(row.confirmed_revision),
      server: row.server,
      serverNow: row.server_now,
    };
  }

  async adopt(): Promise<void> {
    await this.#client.query(`update publisher_state set server = ${SERVER}`);
  }

  async takeBatch(): Promise<Batch | undefined> {
    await this.#client.query('begin isolation level repeatable read');
    const notes = await this.#client.query<{ id: string; document_key: string }>(
      'select id, document_key from outbox order by id limit $1',
      [BATCH_SIZE],
    );
    if (notes.rows.length === 0) {
      await this.#client.query('commit');
      return undefined;
    }
    const keys = [...new Set(notes.rows.map((note) => note.document_key))];
    const documents: LoadedDocument[] = [];
    const loaded = new Set<string>();
    for (let length = 0; loaded.size < keys.length && length < BATCH_LENGTH; ) {
      const next = keys.slice(loaded.size, loaded.size + LOAD_SIZE);
      for (const document of await this.#loader.load(this.#client, next)) {
        documents.push(document);
        length += document.body?.length ?? 0;
      }
      for (const key of next) loaded.add(key);
    }
    const { rows } = await this.#client.query<{ reserved_revision: string }>(
      'update publisher_state set reserved_revision = reserved_revision + $1 returning reserved_revision',
      [documents.length],
    );
    await this.#client.query('commit');
    return {
      noteIds: notes.rows.filter((note) => loaded.has(note.document_key)).map(({ id }) => id),
      documents,
      reservedBefore: Number(rows[0]?.reserved_revision) - documents.length,
    };
  }

  async settle(noteIds: readonly string[], revision: number): Promise<void> {
    await this.#client.query(
      `with settled as (delete from outbox where id = any ($1::bigint[]))
       update publisher_state set confirmed_revision = $2`,
      [noteIds, revision],
    );
  }

  async *loadEpoch({ epoch, revision }: FeedHead): AsyncGenerator<{ key: string; body: string }[]> {
    // In one transaction: a backup that knows of the epoch holds all that is in it.
    await this.#client.query('begin isolation level repeatable read');
    yield* this.#loader.loadAll(this.#client);
    await this.#client.query(
      `update publisher_state
       set epoch = $1, feed_format = $3, reserved_revision = $2, confirmed_revision = $2, server = ${SERVER}`,
      [epoch, revision, FEED_FORMAT],
    );
    await this.#client.query('commit');
  }

  async close(): Promise<void> {
    this.#beforeClose();
    await end(this.#client);
  }
}

async function end(client: pg.Client): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT);
  });
  const ended = client.end().catch(() => {
    // It is gone already, which is what was wanted.
  });
  await Promise.race([ended, patience]);
  clearTimeout(timer);
}
