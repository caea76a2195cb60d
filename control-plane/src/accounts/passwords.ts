import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { withEvenRefusals } from '../http/even-time.js';
import type { Limits } from '../limits/limits.js';
import { queueMail } from '../mail/mail-statements.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { isAddress } from './account-schemas.js';
import { demandComplexity, hashPassword, isRightPassword } from './password.js';
import { deleteResetCode, isGoodResetCode, spendResetCode } from './reset-code-statements.js';
import { hashToken } from './secrets.js';
import { deleteSessionsOf } from './session-statements.js';
import { findPasswordHash, updatePassword } from './user-statements.js';

interface PasswordsOptions {
  readonly database: Database;
  readonly limits: Limits;
  readonly mailWorker: MailWorker;
}

/** Changes passwords: of those who know theirs, and of those who have forgotten it. */
export class Passwords {
  readonly #options: PasswordsOptions;

  constructor(options: PasswordsOptions) {
    this.#options = options;
  }

  /**
   * Changes the caller's password. Every session but the caller's ends in this moment, and a code that
   * was mailed to reset the password is worth nothing from then on.
   *
   * @param token of the session that stays
   * @throws {Refusal} for a new password that is too simple, a current one that is wrong, and after too
   * many wrong ones
   */
  async change(
    { current_password, new_password }: { current_password: string; new_password: string },
    token: string,
    access: Access,
  ): Promise<void> {
    const { database, limits } = this.#options;
    const { id: userId } = sessionUser(access.caller);
    demandComplexity(new_password);
    const from = await limits.chargeFailures(
      { password_account: userId },
      'invalid_credentials',
      async () => {
        const kept = await findPasswordHash(database, userId);
        if (kept !== undefined && (await isRightPassword(current_password, kept))) return kept;
        throw new Refusal('invalid_credentials');
      },
    );
    const to = await hashPassword(new_password);
    await database.change(access.author, async (queries) => {
      // Another change may have come in between: then the password is not the current one any more.
      const email = await updatePassword(queries, { userId, from, to });
      if (email === undefined) throw new Refusal('invalid_credentials');
      await deleteSessionsOf(queries, userId, hashToken(token));
      await deleteResetCode(queries, userId);
    });
  }

  /**
   * Mails a code if the address is a user's, once a minute at most; whoever asks does not learn whether
   * it is.
   *
   * @throws {Refusal} if too many mails are asked for
   */
  async sendResetCode(email: string, { origin }: Access): Promise<void> {
    const { database, limits, mailWorker } = this.#options;
    await limits.charge({ mail_address: origin.ip, mail_account: email });
    if (!isAddress(email)) return;
    await queueMail(database, 'password_reset', email);
    mailWorker.wake();
  }

  /**
   * Spends a code, and gives its user another password. All sessions of the user end in this moment,
   * and failed logins are forgotten.
   *
   * @returns the user's address
   * @throws {Refusal} for a new password that is too simple, a code that is wrong, spent, or too old,
   * and after too many tries
   */
  async reset(
    { code, new_password }: { code: string; new_password: string },
    access: Access,
  ): Promise<string> {
    const { database, limits } = this.#options;
    demandComplexity(new_password);
    await limits.charge({ reset_address: access.origin.ip });
    const email = await withEvenRefusals(async () => {
      // Looked at before, so that junk does not cost the hashing of a password.
      if (!(await isGoodResetCode(database, code))) throw new Refusal('invalid_reset_code');
      const to = await hashPassword(new_password);
      return database.change(access.author, async (queries) => {
        const userId = await spendResetCode(queries, code);
        if (userId === undefined) throw new Refusal('invalid_reset_code');
        await deleteSessionsOf(queries, userId);
        return updatePassword(queries, { userId, to });
      });
    });
    if (email === undefined) throw new Refusal('invalid_reset_code');
    await limits.clear('login_account', email);
    return email;
  }
}
