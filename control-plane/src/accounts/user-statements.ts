import type { Queries } from '../database/database.js';
import type { User } from './account-schemas.js';

const COLUMNS = 'id, email, is_verified, is_admin, created_at';

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
): Promise<(User & { password_hash: string }) | undefined> {
  const [row] = await queries.query<User & { password_hash: string }>(
    `select ${COLUMNS}, password_hash from users where lower(email) = lower($1)`,
    [email],
  );
  return row;
}

export async function markVerified(queries: Queries, userId: string): Promise<void> {
  await queries.query('update users set is_verified = true where id = $1', [userId]);
}
