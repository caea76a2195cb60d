import type { Queries } from '../database/database.js';
import { type Weighed, weighed } from '../http/heavy-pages.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
import type { NewPayload, Payload, PayloadChange } from './payload-schemas.js';

const COLUMNS = 'id, prompt_id, name, variables, created_at, updated_at';

export async function insertPayload(
  queries: Queries,
  promptId: string,
  { name, variables }: NewPayload,
): Promise<Payload> {
  const [row] = await queries.query<Payload>(
    // Not now(): payloads are listed in the order in which they were made.
    `insert into payloads (prompt_id, name, variables, created_at, updated_at)
     select $1, $2, $3, moment, moment from clock_timestamp() as moment returning ${COLUMNS}`,
    [promptId, name ?? null, JSON.stringify(variables)],
  );
  return row as Payload;
}

/** @returns a payload of this prompt */
export async function findPayload(
  queries: Queries,
  promptId: string,
  payloadId: string,
): Promise<Payload | undefined> {
  const [row] = await queries.query<Payload>(
    `select ${COLUMNS} from payloads where id = $2 and prompt_id = $1`,
    [promptId, payloadId],
  );
  return row;
}

/** A payload, and when it was made in microseconds. */
export type ListedPayload = Payload & { readonly moment: number };

const OLDEST_FIRST = 'created_at, id';

/** @returns oldest first */
export function listPayloads(
  queries: Queries,
  promptId: string,
  { limit, after }: Slice,
): Promise<Weighed<ListedPayload>[]> {
  const rows = `select * from payloads
    where prompt_id = $1 and ($2::float8 is null or (created_at, id) > (${momentOf('$2')}, $3::uuid))
    order by ${OLDEST_FIRST} limit $4`;
  const bytes = 'octet_length(variables::text)';
  return queries.query<Weighed<ListedPayload>>(
    `select ${COLUMNS}, ${microseconds('created_at')} as moment, is_beyond
     from ${weighed(rows, { bytes, order: OLDEST_FIRST })} as payloads
     where is_reached order by ${OLDEST_FIRST}`,
    [promptId, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
}

/** @returns undefined if this prompt has no such payload */
export async function updatePayload(
  queries: Queries,
  promptId: string,
  payloadId: string,
  { name, variables }: PayloadChange,
): Promise<Payload | undefined> {
  const [row] = await queries.query<Payload>(
    `update payloads set
       name = case when $3::boolean then $4 else name end,
       variables = coalesce($5::json, variables),
       updated_at = clock_timestamp()
     where id = $2 and prompt_id = $1 returning ${COLUMNS}`,
    [
      promptId,
      payloadId,
      name !== undefined,
      name ?? null,
      variables === undefined ? null : JSON.stringify(variables),
    ],
  );
  return row;
}

/** @returns whether there was one */
export async function deletePayload(queries: Queries, promptId: string, payloadId: string): Promise<boolean> {
  const rows = await queries.query('delete from payloads where id = $2 and prompt_id = $1 returning id', [
    promptId,
    payloadId,
  ]);
  return rows.length > 0;
}
