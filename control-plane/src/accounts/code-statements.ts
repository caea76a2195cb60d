import type { Queries } from '../database/database.js';
import { CODE_LIFETIME, RENEWAL_INTERVAL } from './code-lifetime.js';

/** Statements about verification codes. All lock the user's row before the code's. */

/** A code that is about to be mailed. */
export interface NewCode {
  readonly userId: string;
  /** The code is worth something only if this is the user's address still. */
  readonly email: string;
  readonly codeHash: Buffer;
  /** Whether it takes the place of one that is less than a minute old as well. */
  readonly isRetry: boolean;
}

/**
 * Gives a user who waits to be verified a new code; an earlier one is worth nothing from then on. A new
 * code brings new tries, so that guessing goes no faster than codes are renewed: once a minute.
 *
 * @returns false if nothing has changed
 */
export async function putVerificationCode(
  queries: Queries,
  { userId, email, codeHash, isRetry }: NewCode,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into verification_codes as codes (user_id, code_hash, expires_at)
     select id, $3, now() + interval '${CODE_LIFETIME}' from users
     where id = $1 and lower(email) = lower($2) and not is_verified for share
     on conflict (user_id) do update
     set code_hash = excluded.code_hash, expires_at = excluded.expires_at, attempts = 0
     where $4 or codes.expires_at <= excluded.expires_at - interval '${RENEWAL_INTERVAL}'
     returning user_id`,
    [userId, email, codeHash, isRetry],
  );
  return rows.length > 0;
}

/**
 * Counts a try and returns what it must match. The user's row stays locked until the transaction ends,
 * so that parallel tries are counted one after the other.
 *
 * @param mostTries that a code is good for
 * @returns undefined for an address without a code, a code that is too old, or tried too often
 */
export async function countTry(
  queries: Queries,
  email: string,
  mostTries: number,
): Promise<{ user_id: string; code_hash: Buffer } | undefined> {
  await queries.query('select from users where lower(email) = lower($1) for no key update', [email]);
  const [row] = await queries.query<{ user_id: string; code_hash: Buffer }>(
    `update verification_codes set attempts = attempts + 1
     where user_id = (select id from users where lower(email) = lower($1))
       and attempts < $2 and expires_at > now()
     returning user_id, code_hash`,
    [email, mostTries],
  );
  return row;
}

export async function deleteVerificationCode(queries: Queries, userId: string): Promise<void> {
  await queries.query('delete from verification_codes where user_id = $1', [userId]);
}
