import { type Database, isUniqueViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { registrarRefusal } from '../http/policy.js';
import type { Limits } from '../limits/limits.js';
import { queueMail } from '../mail/mail-statements.js';
import type { MailWorker } from '../mail/mail-worker.js';
import { foundFirstOrganization } from '../organizations/first-organization.js';
import { changeTeam, type Judge } from '../organizations/organization-lock.js';
import { findTeam, insertMember } from '../organizations/team-statements.js';
import type { User } from './account-schemas.js';
import { demandComplexity, hashPassword } from './password.js';
import { insertUser } from './user-statements.js';

export interface RegistrationRequest {
  readonly email: string;
  readonly password: string;
  readonly team_id?: string | null | undefined;
}

export interface RegistrationOptions {
  readonly database: Database;
  readonly limits: Limits;
  readonly mailWorker: MailWorker;
}

/** Makes users: by themselves, or by an admin for others. */
export class Registration {
  readonly #options: RegistrationOptions;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** @throws {Refusal} as the contract's rows for register say, and if there are too many of them */
  register(request: RegistrationRequest, access: Access): Promise<User> {
    if (access.caller.kind === 'anonymous') return this.#registerOneself(request, access);
    const refusal = registrarRefusal(sessionUser(access.caller));
    if (refusal !== undefined) throw new Refusal(refusal);
    return this.#registerOther(request, access);
  }

  async #registerOneself({ email, password, team_id }: RegistrationRequest, access: Access): Promise<User> {
    const { database, mailWorker } = this.#options;
    if (typeof team_id === 'string') throw new Refusal('team_id_needs_admin');
    demandComplexity(password);
    await this.#charge(email, access);
    const passwordHash = await hashPassword(password);
    const user = await orTaken(
      database.change(access.author, async (queries) => {
        const made = await insertUser(queries, { email, passwordHash, isVerified: false, isAdmin: true });
        await foundFirstOrganization(queries, made.id);
        await queueMail(queries, 'verification', email);
        return made;
      }),
    );
    mailWorker.wake();
    return user;
  }

  async #registerOther({ email, password, team_id }: RegistrationRequest, access: Access): Promise<User> {
    const { database } = this.#options;
    demandComplexity(password);
    if (typeof team_id === 'string') demandColleague(await findTeam(database, team_id), access);
    await this.#charge(email, access);
    const passwordHash = await hashPassword(password);
    const newUser = { email, passwordHash, isVerified: true, isAdmin: false };
    if (typeof team_id !== 'string') {
      return orTaken(
        database.change(access.author, async (queries) => {
          const made = await insertUser(queries, newUser);
          await foundFirstOrganization(queries, made.id);
          return made;
        }),
      );
    }
    return orTaken(
      changeTeam(database, access, { teamId: team_id, judge: demandColleague }, async (team, queries) => {
        const made = await insertUser(queries, newUser);
        await insertMember(queries, { teamId: team.id, userId: made.id, role: 'editor' });
        return made;
      }),
    );
  }

  /** Addresses are counted whoever registers them: everybody may have an account that registers others. */
  async #charge(email: string, { origin }: Access): Promise<void> {
    await this.#options.limits.charge({ register_address: origin.ip, register_account: email });
  }
}

/** Users are registered into teams that the registrar is an admin of. */
const demandColleague: Judge = (team, access: Access) => {
  if (team === undefined) throw new Refusal('team_not_found');
  access.demand({ org_id: team.org_id, team_id: team.id }, 'accounts.register_into');
};

/** Puts the words of the contract to a taken address. */
async function orTaken(made: Promise<User>): Promise<User> {
  try {
    return await made;
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('email_taken');
    throw error;
  }
}
