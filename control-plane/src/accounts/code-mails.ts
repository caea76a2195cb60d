import type { Database } from '../database/database.js';
import type { MailKind } from '../mail/mail-statements.js';
import type { Mail } from '../mail/mail-transport.js';
import type { MailWriter } from '../mail/mail-worker.js';
import { passwordResetMail, verificationMail } from '../mail/mails.js';
import { type NewCode, putVerificationCode } from './code-statements.js';
import { putResetCode } from './reset-code-statements.js';
import { createResetCode, createVerificationCode, hashCode, hashToken } from './secrets.js';
import { findUserByAddress, type UserWithPassword } from './user-statements.js';

interface CodeKind {
  isAwaitedBy(user: UserWithPassword): boolean;
  create(): string;
  /** @returns the form in which the code is kept */
  hash(userId: string, code: string): Buffer;
  put(database: Database, code: NewCode): Promise<boolean>;
  mail(to: string, code: string): Mail;
}

const KINDS: Readonly<Record<MailKind, CodeKind>> = {
  verification: {
    isAwaitedBy: ({ is_verified }) => !is_verified,
    create: createVerificationCode,
    hash: hashCode,
    put: putVerificationCode,
    mail: verificationMail,
  },
  password_reset: {
    isAwaitedBy: () => true,
    create: createResetCode,
    hash: (_userId, code) => hashToken(code),
    put: putResetCode,
    mail: passwordResetMail,
  },
};

/** Writes the mails that hold a code. The code is made here, so that only its hash is ever kept. */
export class CodeMails implements MailWriter {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async write(kind: MailKind, address: string, isRetry: boolean): Promise<Mail | undefined> {
    const { isAwaitedBy, create, hash, put, mail } = KINDS[kind];
    const user = await findUserByAddress(this.#database, address);
    if (user === undefined || !isAwaitedBy(user)) return undefined;
    const { id: userId, email } = user;
    const code = create();
    const isNew = await put(this.#database, { userId, email, codeHash: hash(userId, code), isRetry });
    return isNew ? mail(email, code) : undefined;
  }
}
