import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import type { Limits } from '../limits/limits.js';
import { isAddress, type Login, type LoginAnswer } from './account-schemas.js';
import { isRightPassword } from './password.js';
import { createSessionToken, hashToken } from './secrets.js';
import { deleteSession, insertSession } from './session-statements.js';
import { findUserByAddress } from './user-statements.js';

interface SessionsOptions {
  readonly database: Database;
  readonly limits: Limits;
  /** How long a session lasts. */
  readonly sessionHours: number;
}

/** Begins and ends sessions. */
export class Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * @throws {Refusal} with the same words, after the same time, for a wrong password and an unknown
   * address; and after too many of these, of either kind, whatever the password
   */
  logIn(credentials: Login, { origin }: Access): Promise<LoginAnswer> {
    return this.#options.limits.chargeFailures(
      { login_address: origin.ip, login_account: credentials.email },
      'invalid_credentials',
      () => this.#begin(credentials),
    );
  }

  async #begin({ email, password }: Login): Promise<LoginAnswer> {
    const { database, sessionHours: hours } = this.#options;
    const found = isAddress(email) ? await findUserByAddress(database, email) : undefined;
    const right = await isRightPassword(password, found?.password_hash);
    if (found === undefined || !right) throw new Refusal('invalid_credentials');
    if (!found.is_verified) throw new Refusal('user_not_verified');
    const { password_hash: passwordHash, ...user } = found;
    const token = createSessionToken();
    const expires_at = await insertSession(database, {
      tokenHash: hashToken(token),
      userId: user.id,
      passwordHash,
      hours,
    });
    if (expires_at === undefined) throw new Refusal('invalid_credentials');
    return { token, expires_at, user };
  }

  /** Ends a session in this moment; a token that is none is nothing to complain about. */
  logOut(token: string): Promise<void> {
    return deleteSession(this.#options.database, hashToken(token));
  }
}
