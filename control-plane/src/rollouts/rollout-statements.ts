import type { Queries } from '../database/database.js';

/** @returns those of these documents whose changes wait to be published */
export async function waitingDocuments(queries: Queries, keys: readonly string[]): Promise<Set<string>> {
  const rows = await queries.query<{ document_key: string }>(
    'select distinct document_key from outbox where document_key = any ($1::text[])',
    [keys],
  );
  return new Set(rows.map(({ document_key }) => document_key));
}

/** @returns the number of a prompt's live version, null where there is none */
export async function liveVersionNumber(queries: Queries, promptId: string): Promise<number | null> {
  const [row] = await queries.query<{ version: number }>(
    `select version from versions where prompt_id = $1 and status = 'live'`,
    [promptId],
  );
  return row?.version ?? null;
}
