import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { reloadCaller } from './caller-statements.js';
import { findOrganization } from './organization-statements.js';
import type { Team } from './team-schemas.js';
import { findTeam } from './team-statements.js';

/**
 * Who belongs where changes one change at a time in an organization, so that what a change found out
 * before still holds when it is made: that the caller may, that another admin is left, that a team is
 * empty. Locks are taken in one order everywhere, users, organizations, teams, so that no two changes
 * wait for each other.
 */

/** What a change is about beside its caller. */
interface Concerned {
  /** Organizations whose people and teams change. */
  readonly orgIds: readonly string[];
  /** Users who come to belong to something. */
  readonly userIds?: readonly string[];
}

/** Work of a change, with the right to it asked anew. */
export type Work<Result> = (queries: Queries, access: Access) => Promise<Result>;

/**
 * Runs a change while nobody else changes who belongs to these organizations, or deletes them.
 *
 * @param work is given what is known of the caller by then, and must judge it. Of an organization that
 *   has been deleted meanwhile nobody is a member.
 * @throws {Refusal} if the caller has been deleted meanwhile
 */
export function changeOrganizations<Result>(
  database: Database,
  access: Access,
  { orgIds, userIds = [] }: Concerned,
  work: Work<Result>,
): Promise<Result> {
  const { caller } = access;
  const callerIds = caller.kind === 'session' ? [sessionUser(caller).id] : [];
  return database.change(access.author, async (queries) => {
    await keepUsers(queries, [...callerIds, ...userIds]);
    await lockOrganizations(queries, orgIds);
    const known = await reloadCaller(queries, caller);
    if (known.kind === 'refused') throw new Refusal('unauthorized');
    return work(queries, access.as(known));
  });
}

/**
 * Runs a change inside an organization: like {@link changeOrganizations}, for callers who may.
 *
 * @throws {Refusal} if there is no such organization, or the caller may not
 */
export async function changeOrganization<Result>(
  database: Database,
  access: Access,
  orgId: string,
  work: (orgId: string, ...rest: Parameters<Work<Result>>) => Promise<Result>,
): Promise<Result> {
  const owner = await findOrganization(database, orgId);
  access.demand(owner);
  const { org_id } = owner;
  return changeOrganizations(database, access, { orgIds: [org_id] }, (queries, now: Access) => {
    now.demand({ org_id });
    return work(org_id, queries, now);
  });
}

/** Asks whether the caller may, of the team as it is by now; throws if not. */
export type Judge = (team: Team | undefined, access: Access) => asserts team is Team;

/** The policy's answer, for the action of the caller's route. */
export const demandTeam: Judge = (team, access: Access) => {
  access.demand(team && { org_id: team.org_id, team_id: team.id });
};

/**
 * Runs a change of a team: like {@link changeOrganizations}, in the organization that the team is in
 * by then.
 *
 * @param judge is asked before, so that nobody locks what is not theirs, and again under the lock
 */
export async function changeTeam<Result>(
  database: Database,
  access: Access,
  {
    teamId,
    judge = demandTeam,
    orgIds = [],
    userIds = [],
  }: { teamId: string; judge?: Judge } & Partial<Concerned>,
  work: (team: Team, ...rest: Parameters<Work<Result>>) => Promise<Result>,
): Promise<Result> {
  const judgeTeam: Judge = judge;
  for (;;) {
    const seen = await findTeam(database, teamId);
    judgeTeam(seen, access);
    const concerned = { orgIds: [seen.org_id, ...orgIds], userIds };
    const outcome = await changeOrganizations(database, access, concerned, async (queries, now) => {
      const team = await findTeam(queries, teamId);
      // Moved before it was locked: the locks are the wrong ones.
      if (team !== undefined && team.org_id !== seen.org_id) return undefined;
      judgeTeam(team, now);
      return { result: await work(team, queries, now) };
    });
    if (outcome !== undefined) return outcome.result;
  }
}

/** Keeps users from being deleted until the transaction ends. */
async function keepUsers(queries: Queries, userIds: readonly string[]): Promise<void> {
  await queries.query('select from users where id = any($1::uuid[]) order by id for key share', [userIds]);
}

/** Keeps other changes of who belongs to organizations out until the transaction ends. */
export async function lockOrganizations(queries: Queries, orgIds: readonly string[]): Promise<void> {
  await queries.query('select from organizations where id = any($1::uuid[]) order by id for no key update', [
    orgIds,
  ]);
}
