import type { Queries } from '../database/database.js';
import { CODE_LIFETIME, RENEWAL_INTERVAL } from './code-lifetime.js';
import type { NewCode } from './code-statements.js';
import { hashToken } from './secrets.js';

/** Statements about password reset codes. All lock the user's row before the code's. */

/**
 * Gives a user a new code; an earlier one is worth nothing from then on.
 *
 * @returns false if nothing has changed
 */
export async function putResetCode(
  queries: Queries,
  { userId, email, codeHash, isRetry }: NewCode,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into password_reset_codes as codes (user_id, code_hash, expires_at)
     select id, $3, now() + interval '${CODE_LIFETIME}' from users
     where id = $1 and lower(email) = lower($2) for share
     on conflict (user_id) do update set code_hash = excluded.code_hash, expires_at = excluded.expires_at
     where $4 or codes.expires_at <= excluded.expires_at - interval '${RENEWAL_INTERVAL}'
     returning user_id`,
    [userId, email, codeHash, isRetry],
  );
  return rows.length > 0;
}

/** @returns whether a code is good, as things stand */
export async function isGoodResetCode(queries: Queries, code: string): Promise<boolean> {
  const rows = await queries.query(
    'select from password_reset_codes where code_hash = $1 and expires_at > now()',
    [hashToken(code)],
  );
  return rows.length > 0;
}

/**
 * Spends a code, with its user's row locked.
 *
 * @returns whose it was; undefined for a code that is wrong, spent, or too old
 */
export async function spendResetCode(queries: Queries, code: string): Promise<string | undefined> {
  const codeHash = hashToken(code);
  await queries.query(
    `select from users where id = (select user_id from password_reset_codes where code_hash = $1)
     for no key update`,
    [codeHash],
  );
  const [row] = await queries.query<{ user_id: string }>(
    'delete from password_reset_codes where code_hash = $1 and expires_at > now() returning user_id',
    [codeHash],
  );
  return row?.user_id;
}

export async function deleteResetCode(queries: Queries, userId: string): Promise<void> {
  await queries.query('delete from password_reset_codes where user_id = $1', [userId]);
}
