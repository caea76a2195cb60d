import type { User } from '../accounts/account-schemas.js';
import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { type Caller, sessionUser, type TeamRole } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { approvePending, rejectPendingInOrganization } from '../join-requests/join-request-statements.js';
import type { Member } from './member-schemas.js';
import {
  addMember,
  countMembers,
  countPeople,
  deleteMember,
  deleteMemberships,
  findAdministeredDefaultTeam,
  findRole,
  hasOtherAdmin,
  isInOrganization,
  listMembers,
  listPeople,
  setRole,
} from './member-statements.js';
import { changeOrganization, changeTeam, demandTeam } from './organization-lock.js';
import { findOrganization } from './organization-statements.js';
import { findTeam } from './team-statements.js';

/** A page of a list of people. */
export interface Page {
  readonly page: number;
  readonly limit: number;
}

/** Who belongs to organizations and teams, and as what. */
export class Members {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the people of an organization by address, and how many there are */
  async people(orgId: string, page: Page, access: Access): Promise<{ people: User[]; total: number }> {
    const owner = await findOrganization(this.#database, orgId);
    access.demand(owner);
    return {
      people: await listPeople(this.#database, owner.org_id, page),
      total: await countPeople(this.#database, owner.org_id),
    };
  }

  /**
   * Takes a user out of all teams of an organization, and turns down what they have asked to join
   * there. What they have made stays: it is the organization's, keys included.
   *
   * @throws {Refusal} also if nobody would be left as admin of the Default Team. Other teams may be left
   *   without: org admins are their admins too.
   */
  async removePerson(orgId: string, userId: string, access: Access): Promise<void> {
    await changeOrganization(this.#database, access, orgId, async (id, queries, now) => {
      if (!(await isInOrganization(queries, [id], userId))) throw new Refusal('user_not_found');
      const defaultTeam = await findAdministeredDefaultTeam(queries, id, userId);
      if (defaultTeam !== undefined) await demandOtherAdmin(queries, defaultTeam, userId);
      await deleteMemberships(queries, id, userId);
      await rejectPendingInOrganization(queries, { orgId: id, userId, by: userIdOf(now.caller) });
    });
  }

  /** @returns the members of a team by address, and how many there are */
  async list(teamId: string, page: Page, access: Access): Promise<{ members: Member[]; total: number }> {
    const team = await findTeam(this.#database, teamId);
    demandTeam(team, access);
    return {
      members: await listMembers(this.#database, team.id, page),
      total: await countMembers(this.#database, team.id),
    };
  }

  /**
   * Adds somebody of one of the caller's organizations to a team: as editor, or as admin if the team has
   * no member yet. Who is a member already keeps their role; who has asked to join need not wait.
   */
  async add(teamId: string, userId: string, access: Access): Promise<void> {
    const concerned = { teamId, userIds: [userId] };
    await changeTeam(this.#database, access, concerned, async (team, queries, now) => {
      const isKnown = await isInOrganization(queries, organizationsOf(now.caller), userId);
      if (!isKnown) throw new Refusal('user_to_add_not_found');
      await addMember(queries, team.id, userId);
      await approvePending(queries, { teamId: team.id, userId, by: userIdOf(now.caller) });
    });
  }

  async remove(teamId: string, userId: string, access: Access): Promise<void> {
    await changeTeam(this.#database, access, { teamId }, async (team, queries) => {
      const role = await findRole(queries, team.id, userId);
      if (role === undefined) {
        const isPerson = await isInOrganization(queries, [team.org_id], userId);
        throw new Refusal(isPerson ? 'member_not_found' : 'user_outside_organization');
      }
      if (role === 'admin') await demandOtherAdmin(queries, team.id, userId);
      await deleteMember(queries, team.id, userId);
    });
  }

  async setRole(teamId: string, userId: string, role: TeamRole, access: Access): Promise<void> {
    await changeTeam(this.#database, access, { teamId }, async (team, queries) => {
      const before = await findRole(queries, team.id, userId);
      if (before === undefined) throw new Refusal('member_not_found');
      if (before === 'admin' && role !== 'admin') await demandOtherAdmin(queries, team.id, userId);
      await setRole(queries, { teamId: team.id, userId, role });
    });
  }

  /** Takes the caller out of a team of theirs. */
  async leave(teamId: string, access: Access): Promise<void> {
    const user = sessionUser(access.caller);
    await changeTeam(this.#database, access, { teamId }, async (team, queries) => {
      const role = await findRole(queries, team.id, user.id);
      // An org admin too can only leave a team that they are a member of.
      if (role === undefined) throw new Refusal('team_not_found');
      if (role === 'admin') await demandOtherAdmin(queries, team.id, user.id);
      await deleteMember(queries, team.id, user.id);
    });
  }
}

async function demandOtherAdmin(queries: Queries, teamId: string, userId: string): Promise<void> {
  if (!(await hasOtherAdmin(queries, teamId, userId))) throw new Refusal('last_team_admin');
}

/** The organizations that a caller belongs to. */
function organizationsOf(caller: Caller): string[] {
  switch (caller.kind) {
    case 'session':
      return caller.memberships.map(({ org_id }) => org_id);
    case 'key':
      return [caller.org_id];
    case 'anonymous':
    case 'refused':
      return [];
  }
}

function userIdOf(caller: Caller): string | null {
  return caller.kind === 'session' ? caller.user.id : null;
}
