import type { Queries } from '../database/database.js';

const CODE_LIFETIME = '15 minutes';
const MOST_TRIES = 5;
/** A new code brings new tries, so that guessing goes no faster than codes are renewed. */
const RENEWAL_INTERVAL = '1 minute';

/**
 * Gives a user a new code; an earlier one is worth nothing from then on.
 *
 * @returns false, with the earlier code still good, if that one is less than a minute old
 */
export async function putCode(queries: Queries, userId: string, codeHash: Buffer): Promise<boolean> {
  const rows = await queries.query(
    `insert into verification_codes as codes (user_id, code_hash, expires_at)
     values ($1, $2, now() + interval '${CODE_LIFETIME}')
     on conflict (user_id) do update
     set code_hash = excluded.code_hash, expires_at = excluded.expires_at, attempts = 0
     where codes.expires_at <= excluded.expires_at - interval '${RENEWAL_INTERVAL}'
     returning user_id`,
    [userId, codeHash],
  );
  return rows.length > 0;
}

/**
 * Counts a try and returns what it must match. The row stays locked until the transaction ends, so
 * that parallel tries are counted one after the other.
 *
 * @returns undefined for an address without a code, a code that is too old, or tried too often
 */
export async function countTry(
  queries: Queries,
  email: string,
): Promise<{ user_id: string; code_hash: Buffer } | undefined> {
  const [row] = await queries.query<{ user_id: string; code_hash: Buffer }>(
    `update verification_codes set attempts = attempts + 1
     where user_id = (select id from users where lower(email) = lower($1))
       and attempts < ${MOST_TRIES} and expires_at > now()
     returning user_id, code_hash`,
    [email],
  );
  return row;
}

export async function deleteCode(queries: Queries, userId: string): Promise<void> {
  await queries.query('delete from verification_codes where user_id = $1', [userId]);
}
