import type { Database } from '../database/database.js';
import { Refusal } from '../http/error-catalogue.js';
import { isAddress, type User } from './account-schemas.js';
import { isRightPassword } from './password.js';
import { createSessionToken, hashToken } from './secrets.js';
import { deleteSession, insertSession } from './session-statements.js';
import { findUserByAddress } from './user-statements.js';

/** Begins and ends sessions. */
export class Sessions {
  readonly #database: Database;
  readonly #hours: number;

  /** @param hours how long a session lasts */
  constructor(database: Database, hours: number) {
    this.#database = database;
    this.#hours = hours;
  }

  /** @throws {Refusal} with the same words, after the same time, for a wrong password and an unknown address */
  async logIn(email: string, password: string): Promise<{ token: string; expires_at: string; user: User }> {
    const found = isAddress(email) ? await findUserByAddress(this.#database, email) : undefined;
    const right = await isRightPassword(password, found?.password_hash);
    if (found === undefined || !right) throw new Refusal('invalid_credentials');
    if (!found.is_verified) throw new Refusal('user_not_verified');
    const { password_hash: _, ...user } = found;
    const token = createSessionToken();
    const expires_at = await insertSession(this.#database, {
      tokenHash: hashToken(token),
      userId: user.id,
      hours: this.#hours,
    });
    return { token, expires_at, user };
  }

  /** Ends a session in this moment; a token that is none is nothing to complain about. */
  logOut(token: string): Promise<void> {
    return deleteSession(this.#database, hashToken(token));
  }
}
