import { type Database, isForeignKeyViolation, isUniqueViolation } from '../database/database.js';
import { type Caller, sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { registrarRefusal, relationTo } from '../http/policy.js';
import type { Mailer } from '../mail/mailer.js';
import { verificationMail } from '../mail/verification-mail.js';
import { foundFirstOrganization } from '../organizations/first-organization.js';
import { findTeam, insertMember } from '../organizations/team-statements.js';
import type { User } from './account-schemas.js';
import { putCode } from './code-statements.js';
import { demandComplexity, hashPassword } from './password.js';
import { createVerificationCode, hashCode } from './secrets.js';
import { insertUser } from './user-statements.js';

export interface RegistrationRequest {
  readonly email: string;
  readonly password: string;
  readonly team_id?: string | null | undefined;
}

/** Makes users: by themselves, or by an admin for others. */
export class Registration {
  readonly #database: Database;
  readonly #mailer: Mailer;

  constructor(database: Database, mailer: Mailer) {
    this.#database = database;
    this.#mailer = mailer;
  }

  /** @throws {Refusal} as the contract's rows for register say */
  register(request: RegistrationRequest, caller: Caller): Promise<User> {
    if (caller.kind === 'anonymous') return this.#registerOneself(request);
    const refusal = registrarRefusal(sessionUser(caller));
    if (refusal !== undefined) throw new Refusal(refusal);
    return this.#registerOther(request, caller);
  }

  async #registerOneself({ email, password, team_id }: RegistrationRequest): Promise<User> {
    if (typeof team_id === 'string') throw new Refusal('team_id_needs_admin');
    demandComplexity(password);
    const passwordHash = await hashPassword(password);
    const code = createVerificationCode();
    const user = await orTaken(
      this.#database.transaction(async (queries) => {
        const made = await insertUser(queries, { email, passwordHash, isVerified: false, isAdmin: true });
        await foundFirstOrganization(queries, made.id);
        await putCode(queries, made.id, hashCode(made.id, code));
        return made;
      }),
    );
    this.#mailer.send(verificationMail(user.email, code));
    return user;
  }

  async #registerOther({ email, password, team_id }: RegistrationRequest, caller: Caller): Promise<User> {
    demandComplexity(password);
    const teamId = typeof team_id === 'string' ? await this.#teamFor(team_id, caller) : undefined;
    const passwordHash = await hashPassword(password);
    return orTaken(
      this.#database.transaction(async (queries) => {
        const made = await insertUser(queries, { email, passwordHash, isVerified: true, isAdmin: false });
        if (teamId === undefined) await foundFirstOrganization(queries, made.id);
        else await insertMember(queries, { teamId, userId: made.id, role: 'editor' });
        return made;
      }),
    );
  }

  async #teamFor(teamId: string, caller: Caller): Promise<string> {
    const team = await findTeam(this.#database, teamId);
    if (team === undefined) throw new Refusal('team_not_found');
    if (relationTo({ org_id: team.org_id }, caller) === 'stranger') {
      throw new Refusal('registrar_outside_organization');
    }
    return team.id;
  }
}

/** Puts the words of the contract to what the database refuses: a taken address, a team just deleted. */
async function orTaken(made: Promise<User>): Promise<User> {
  try {
    return await made;
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('email_taken');
    if (isForeignKeyViolation(error)) throw new Refusal('team_not_found');
    throw error;
  }
}
