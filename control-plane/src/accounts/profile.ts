import { type Database, isUniqueViolation, type Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
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
import { lockUser, updateAddress } from './user-statements.js';

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
    const { id } = sessionUser(access.caller);
    await limits.charge({ mail_address: access.origin.ip, mail_account: id });
    try {
      const user = await database.change(access.author, (queries) => putAddress(queries, id, email));
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
    const { id } = sessionUser(access.caller);
    const { database } = this.#options;
    let isDone = false;
    while (!isDone) isDone = await database.change(access.author, (queries) => deleteAccount(queries, id));
  }
}

async function putAddress(queries: Queries, userId: string, email: string): Promise<User> {
  const before = await lockUser(queries, userId);
  if (before === undefined) throw new Refusal('unauthorized');
  const user = await updateAddress(queries, userId, email);
  if (before.toLowerCase() !== user.email.toLowerCase()) {
    await deleteVerificationCode(queries, userId);
    await deleteResetCode(queries, userId);
    await queueMail(queries, 'verification', email);
  }
  return user;
}

/** @returns false if a team has moved between organizations meanwhile: the locks are the wrong ones then */
async function deleteAccount(queries: Queries, userId: string): Promise<boolean> {
  if (!(await lockUserForDeletion(queries, userId))) throw new Refusal('unauthorized');
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
