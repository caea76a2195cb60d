import { type Database, isUniqueViolation, type Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { type SessionCaller, sessionOf } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { rejectPendingOf } from '../join-requests/join-request-statements.js';
import type { Limits } from '../limits/limits.js';
import { queueMail } from '../mail/mail-statements.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { lockOrganizations } from '../organizations/organization-lock.js';
import {
  appointSuccessor,
  deleteAllMemberships,
  deleteMemberless,
  deleteUser,
  listOrganizationIdsOf,
  lockUserForDeletion,
} from './account-deletion-statements.js';
import type { User } from './account-schemas.js';
import { deleteVerificationCode } from './code-statements.js';
import { deleteResetCode } from './reset-code-statements.js';
import { isSessionAlive } from './session-statements.js';
import { isAnotherAddress, lockUser, updateAddress } from './user-statements.js';

export interface ProfileOptions {
  readonly database: Database;
  readonly limits: Limits;
  readonly mailWorker: MailWorker;
}

/** What users do with their own account. */
export class Profile {
  readonly #options: ProfileOptions;

  constructor(options: ProfileOptions) {
    this.#options = options;
  }

  /**
   * Gives the caller another address, which is to be verified before the next login; sessions stay.
   * Codes that were mailed to the old one are worth nothing from then on.
   *
   * @throws {Refusal} if the address is taken, and after too many changes: they tell which addresses are
   */
  async changeAddress(email: string, access: Access): Promise<User> {
    const { database, limits, mailWorker } = this.#options;
    const session = sessionOf(access.caller);
    // Of whoever changes, for what the answer tells; and of the address, for the mail that it gets.
    await limits.charge({ mail_address: access.origin.ip, mail_account: session.user.id });
    await limits.charge({ mail_account: email });
    try {
      const user = await database.change(access.author, (queries) => putAddress(queries, session, email));
      mailWorker.wake();
      return user;
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('email_taken');
      throw error;
    }
  }

  /**
   * Deletes the caller. Their sessions end in this moment. An organization in which nobody is left goes
   * along; one that is left without an org admin gets another one. What they have made for others stays,
   * API keys included.
   */
  async delete(access: Access): Promise<void> {
    const session = sessionOf(access.caller);
    const { database } = this.#options;
    let isDone = false;
    while (!isDone)
      isDone = await database.change(access.author, (queries) => deleteAccount(queries, session));
  }
}

async function putAddress(
  queries: Queries,
  { user: { id: userId }, tokenHash }: SessionCaller,
  email: string,
): Promise<User> {
  const before = await lockUser(queries, userId);
  if (before === undefined) throw new Refusal('unauthorized');
  await demandSession(queries, tokenHash);
  const isAnother = await isAnotherAddress(queries, before, email);
  const user = await updateAddress(queries, { userId, email, staysVerified: !isAnother });
  if (isAnother) {
    await deleteVerificationCode(queries, userId);
    await deleteResetCode(queries, userId);
    // Who asked under another address is to ask again: an admin would take them for whom they name.
    await rejectPendingOf(queries, userId);
    await queueMail(queries, 'verification', email);
  }
  return user;
}

/** Under the lock of the user: a password that was changed meanwhile has ended the session. */
async function demandSession(queries: Queries, tokenHash: Buffer): Promise<void> {
  if (!(await isSessionAlive(queries, tokenHash))) throw new Refusal('unauthorized');
}

/** @returns false if a team has moved between organizations meanwhile: the locks are the wrong ones then */
async function deleteAccount(
  queries: Queries,
  { user: { id: userId }, tokenHash }: SessionCaller,
): Promise<boolean> {
  if (!(await lockUserForDeletion(queries, userId))) throw new Refusal('unauthorized');
  await demandSession(queries, tokenHash);
  const orgIds = await listOrganizationIdsOf(queries, userId);
  await lockOrganizations(queries, orgIds);
  const now = await listOrganizationIdsOf(queries, userId);
  if (now.some((orgId) => !orgIds.includes(orgId))) return false;
  await deleteAllMemberships(queries, userId);
  await deleteMemberless(queries, orgIds);
  for (const orgId of orgIds) await appointSuccessor(queries, orgId);
  await deleteUser(queries, userId);
  return true;
}
