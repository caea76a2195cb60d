import type { Queries } from '../database/database.js';

/** What the database knows, in one moment, of how far changes are published. */
export interface Outlook {
  /** Documents whose changes wait to be published. */
  readonly waiting: ReadonlySet<string>;
  /** Of the feed that holds all the others; null before the first one. */
  readonly epoch: string | null;
  /** Up to where it holds them. */
  readonly confirmed: number;
}

/** @param keys of documents; those that wait are found among them */
export async function outlookOf(queries: Queries, keys: readonly string[]): Promise<Outlook> {
  const [row] = await queries.query<{ waiting: readonly string[]; epoch: string | null; confirmed: string }>(
    `select epoch, confirmed_revision as confirmed,
       array(select distinct document_key from outbox where document_key = any ($1::text[])) as waiting
     from publisher_state`,
    [keys],
  );
  return {
    waiting: new Set(row?.waiting),
    epoch: row?.epoch ?? null,
    confirmed: Number(row?.confirmed ?? 0),
  };
}

/** @returns the number of a prompt's live version, null where there is none */
export async function liveVersionNumber(queries: Queries, promptId: string): Promise<number | null> {
  const [row] = await queries.query<{ version: number }>(
    `select version from versions where prompt_id = $1 and status = 'live'`,
    [promptId],
  );
  return row?.version ?? null;
}
