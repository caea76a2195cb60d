import { timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { withEvenRefusals } from '../http/even-time.js';
import type { Limits } from '../limits/limits.js';
import { queueMail } from '../mail/mail-statements.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { isAddress } from './account-schemas.js';
import { countTry, deleteVerificationCode } from './code-statements.js';
import { hashCode } from './secrets.js';
import { markVerified } from './user-statements.js';

interface VerificationOptions {
  readonly database: Database;
  readonly limits: Limits;
  readonly mailWorker: MailWorker;
  /** Tries that a code is good for. */
  readonly codeTries: number;
}

/** Proves that a user reads an address. Nothing here tells whether an address is a user's. */
export class Verification {
  readonly #options: VerificationOptions;

  constructor(options: VerificationOptions) {
    this.#options = options;
  }

  /**
   * Mails a new code if the address waits to be verified, once a minute at most.
   *
   * @throws {Refusal} if too many mails are asked for
   */
  async sendCode(email: string, { origin }: Access): Promise<void> {
    const { database, limits, mailWorker } = this.#options;
    await limits.charge({ mail_address: origin.ip, mail_account: email });
    if (!isAddress(email)) return;
    await queueMail(database, 'verification', email);
    mailWorker.wake();
  }

  /** @throws {Refusal} for a code that is wrong, spent, too old, or tried too often */
  async verify(email: string, code: string, access: Access): Promise<void> {
    await this.#options.limits.charge({ verify_address: access.origin.ip, verify_account: email });
    await withEvenRefusals(async () => {
      const right = isAddress(email) && (await this.#isRight(email, code, access));
      if (!right) throw new Refusal('invalid_verification_code');
    });
  }

  #isRight(email: string, code: string, { author }: Access): Promise<boolean> {
    const { database, codeTries } = this.#options;
    return database.change(author, async (queries) => {
      // Counted whatever comes of it: this transaction commits for wrong codes too.
      const expected = await countTry(queries, email, codeTries);
      if (expected === undefined) return false;
      if (!timingSafeEqual(expected.code_hash, hashCode(expected.user_id, code))) return false;
      await deleteVerificationCode(queries, expected.user_id);
      await markVerified(queries, expected.user_id);
      return true;
    });
  }
}
