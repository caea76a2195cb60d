import type { User } from '../accounts/account-schemas.js';
import { type Database, isUniqueViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { type ListPage, pageOf, type Slice } from '../http/paging.js';
import { DEFAULT_TEAM, isNameOfDefaultTeam } from './default-team.js';
import { changeOrganization, changeTeam, demandTeam, type Judge } from './organization-lock.js';
import { findOrganization } from './organization-statements.js';
import type { Team, TeamChange } from './team-schemas.js';
import {
  deleteTeam,
  insertMember,
  insertTeam,
  listTeams,
  listTeamsOf,
  lockTeam,
  updateTeam,
  withdrawFromKeys,
} from './team-statements.js';

/** The teams of organizations. */
export class Teams {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes a team whose admin the caller is; a key is nobody, and makes one without members. */
  create(orgId: string, name: string, access: Access): Promise<Team> {
    return orTaken(
      changeOrganization(this.#database, access, orgId, async (id, queries, now) => {
        if (isNameOfDefaultTeam(name)) throw new Refusal('team_exists');
        const team = await insertTeam(queries, id, name);
        if (now.caller.kind === 'session') {
          await insertMember(queries, { teamId: team.id, userId: now.caller.user.id, role: 'admin' });
        }
        return team;
      }),
    );
  }

  /** @returns an organization's teams by name */
  async list(orgId: string, slice: Slice, access: Access): Promise<ListPage<Team>> {
    const owner = await findOrganization(this.#database, orgId);
    access.demand(owner);
    const rows = await listTeams(this.#database, owner.org_id, slice);
    return pageOf(rows, slice.limit, ({ name }) => [name]);
  }

  /** @returns the teams that a user is a member of, oldest first */
  async listOf(user: User, slice: Slice): Promise<ListPage<Team>> {
    const rows = await listTeamsOf(this.#database, user.id, slice);
    const { items, next_cursor } = pageOf(rows, slice.limit, ({ moment, id }) => [moment, id]);
    return { items: items.map(({ moment: _, ...team }) => team), next_cursor };
  }

  /**
   * Renames a team, and moves it if another organization is named: its prompts, members and requests to
   * join go along, and the keys of the organization that it leaves lose it.
   */
  update(teamId: string, { name, org_id }: TeamChange, access: Access): Promise<Team> {
    const target = org_id?.toLowerCase();
    const orgIds = target === undefined ? [] : [target];
    const judge: Judge = (team, asked: Access) => {
      demandTeam(team, asked);
      if (target === undefined || target === team.org_id) return;
      asked.demand({ org_id: team.org_id, team_id: team.id }, 'teams.move_from');
      asked.demand({ org_id: target }, 'teams.move_to');
    };
    return orTaken(
      changeTeam(this.#database, access, { teamId, judge, orgIds }, async (team, queries) => {
        const orgId = target ?? team.org_id;
        const moves = orgId !== team.org_id;
        demandDefaultTeamStays(team, { name, moves });
        if (moves) {
          await lockTeam(queries, team.id);
          await withdrawFromKeys(queries, team.id);
        }
        return updateTeam(queries, team.id, { name, orgId });
      }),
    );
  }

  /** Deletes a team with its prompts, and the keys that were for it alone. */
  async delete(teamId: string, access: Access): Promise<void> {
    await changeTeam(this.#database, access, { teamId }, async (team, queries) => {
      if (team.name === DEFAULT_TEAM) throw new Refusal('default_team_not_deleted');
      await lockTeam(queries, team.id);
      await withdrawFromKeys(queries, team.id);
      await deleteTeam(queries, team.id);
    });
  }
}

/** Whoever could put another team in the Default Team's place would choose the organization's admins. */
function demandDefaultTeamStays(team: Team, { name, moves }: { name: string; moves: boolean }): void {
  if (team.name === DEFAULT_TEAM) {
    if (moves || name !== DEFAULT_TEAM) throw new Refusal('default_team_fixed');
  } else if (isNameOfDefaultTeam(name)) {
    throw new Refusal('team_exists');
  }
}

async function orTaken(changed: Promise<Team>): Promise<Team> {
  try {
    return await changed;
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('team_exists');
    throw error;
  }
}
