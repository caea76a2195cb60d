import { timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/database.js';
import { Refusal } from '../http/error-catalogue.js';
import type { Mailer } from '../mail/mailer.js';
import { verificationMail } from '../mail/verification-mail.js';
import { isAddress } from './account-schemas.js';
import { countTry, deleteCode, putCode } from './code-statements.js';
import { createVerificationCode, hashCode } from './secrets.js';
import { findUserByAddress, markVerified } from './user-statements.js';

/** Proves that a user reads an address. */
export class Verification {
  readonly #database: Database;
  readonly #mailer: Mailer;

  constructor(database: Database, mailer: Mailer) {
    this.#database = database;
    this.#mailer = mailer;
  }

  /**
   * Mails a new code if the address waits to be verified, once a minute at most; whoever asks does not
   * learn whether it does.
   */
  async sendCode(email: string): Promise<void> {
    if (!isAddress(email)) return;
    const user = await findUserByAddress(this.#database, email);
    if (user === undefined || user.is_verified) return;
    const code = createVerificationCode();
    const isNew = await putCode(this.#database, user.id, hashCode(user.id, code));
    if (isNew) this.#mailer.send(verificationMail(user.email, code));
  }

  /** @throws {Refusal} for a code that is wrong, spent, too old, or tried too often */
  async verify(email: string, code: string): Promise<void> {
    const right = isAddress(email) && (await this.#isRight(email, code));
    if (!right) throw new Refusal('invalid_verification_code');
  }

  #isRight(email: string, code: string): Promise<boolean> {
    return this.#database.transaction(async (queries) => {
      // Counted whatever comes of it: this transaction commits for wrong codes too.
      const expected = await countTry(queries, email);
      if (expected === undefined) return false;
      if (!timingSafeEqual(expected.code_hash, hashCode(expected.user_id, code))) return false;
      await deleteCode(queries, expected.user_id);
      await markVerified(queries, expected.user_id);
      return true;
    });
  }
}
