import type { Queries } from '../database/database.js';
import type { User } from './account-schemas.js';

const COLUMNS = 'id, email, is_verified, is_admin, created_at';

export interface UserWithPassword extends User {
  readonly password_hash: string;
}

/** @throws a unique violation if the address is taken, in whatever case */
export async function insertUser(
  queries: Queries,
  user: { email: string; passwordHash: string; isVerified: boolean; isAdmin: boolean },
): Promise<User> {
  const [row] = await queries.query<User>(
    `insert into users (email, password_hash, is_verified, is_admin)
     values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [user.email, user.passwordHash, user.isVerified, user.isAdmin],
  );
  return row as User;
}

export async function findUserByAddress(
  queries: Queries,
  email: string,
): Promise<UserWithPassword | undefined> {
  const [row] = await queries.query<UserWithPassword>(
    `select ${COLUMNS}, password_hash from users where lower(email) = lower($1)`,
    [email],
  );
  return row;
}

export async function markVerified(queries: Queries, userId: string): Promise<void> {
  await queries.query('update users set is_verified = true where id = $1', [userId]);
}

export async function findPasswordHash(queries: Queries, userId: string): Promise<string | undefined> {
  const [row] = await queries.query<{ password_hash: string }>(
    'select password_hash from users where id = $1',
    [userId],
  );
  return row?.password_hash;
}

/**
 * Changes a password.
 *
 * @param from what it must be kept as; undefined for whatever it is
 * @returns the user's address; undefined if nothing has changed
 */
export async function updatePassword(
  queries: Queries,
  { userId, from, to }: { userId: string; from?: string; to: string },
): Promise<string | undefined> {
  const [row] = await queries.query<{ email: string }>(
    `update users set password_hash = $3
     where id = $1 and ($2::text is null or password_hash = $2) returning email`,
    [userId, from ?? null, to],
  );
  return row?.email;
}

/** Locks a user's row against changes. @returns its address; undefined if there is no such user any more */
export async function lockUser(queries: Queries, userId: string): Promise<string | undefined> {
  const [row] = await queries.query<{ email: string }>(
    'select email from users where id = $1 for no key update',
    [userId],
  );
  return row?.email;
}

/** Whether two addresses are of two accounts: in whatever case one is written, it is the same. */
export async function isAnotherAddress(queries: Queries, one: string, other: string): Promise<boolean> {
  // The database's own lower(), as in the index that keeps addresses apart.
  const [row] = await queries.query<{ differs: boolean }>('select lower($1) <> lower($2) as differs', [
    one,
    other,
  ]);
  return (row as { differs: boolean }).differs;
}

/**
 * Changes an address.
 *
 * @param staysVerified false for another account's: it is to be verified
 * @throws a unique violation if the address is taken, in whatever case
 */
export async function updateAddress(
  queries: Queries,
  { userId, email, staysVerified }: { userId: string; email: string; staysVerified: boolean },
): Promise<User> {
  const [row] = await queries.query<User>(
    `update users set email = $2, is_verified = is_verified and $3 where id = $1 returning ${COLUMNS}`,
    [userId, email, staysVerified],
  );
  return row as User;
}
