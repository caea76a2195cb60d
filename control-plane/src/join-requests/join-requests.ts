import { type Database, isUniqueViolation } from '../database/database.js';
import type { Access } from '../http/access.js';
import { type Caller, type Reach, sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { type ListPage, pageOf, type Slice } from '../http/paging.js';
import { addViewer, findRole } from '../organizations/member-statements.js';
import { changeTeam, type Judge } from '../organizations/organization-lock.js';
import type { InboxItem, JoinRequest, Resolution } from './join-request-schemas.js';
import {
  findJoinRequest,
  insertJoinRequest,
  listPending,
  type PendingRow,
  resolvePending,
} from './join-request-statements.js';

/** How people come into teams of organizations that they have no part in yet. */
export class JoinRequests {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Asks for the caller to become a member of a team, which may be anybody's. */
  async create(teamId: string, access: Access): Promise<JoinRequest> {
    const user = sessionUser(access.caller);
    try {
      return await changeTeam(
        this.#database,
        access,
        { teamId, judge: demandThere },
        async (team, queries) => {
          const role = await findRole(queries, team.id, user.id);
          if (role !== undefined) throw new Refusal('already_team_member');
          return insertJoinRequest(queries, team.id, user.id);
        },
      );
    } catch (error) {
      if (isUniqueViolation(error)) throw new Refusal('join_request_pending');
      throw error;
    }
  }

  /**
   * Answers a request. Whoever is approved becomes a viewer, or keeps the role they have by then.
   *
   * @throws {Refusal} also if it has been answered before
   */
  async resolve(requestId: string, status: Resolution, access: Access): Promise<JoinRequest> {
    const request = await findJoinRequest(this.#database, requestId);
    if (request === undefined) return access.admit<never>(undefined);
    const { team_id: teamId, user_id: userId } = request;
    const concerned = { teamId, userIds: [userId] };
    return changeTeam(this.#database, access, concerned, async (team, queries, { caller }) => {
      const by = caller.kind === 'session' ? caller.user.id : null;
      const resolved = await resolvePending(queries, requestId, { status, by });
      if (resolved === undefined) {
        // Gone with the user who asked, or answered by somebody else.
        const isThere = (await findJoinRequest(queries, requestId)) !== undefined;
        throw new Refusal(isThere ? 'join_request_resolved' : 'join_request_not_found');
      }
      if (status === 'approved') await addViewer(queries, team.id, userId);
      return resolved;
    });
  }

  /** @returns what the caller may resolve, oldest first */
  async inbox(slice: Slice, access: Access): Promise<ListPage<InboxItem>> {
    const rows = await listPending(this.#database, resolvable(access), slice);
    const { items, next_cursor } = pageOf(rows, slice.limit, ({ moment, id }) => [moment, id]);
    return { items: items.map(inboxItem), next_cursor };
  }
}

/** Anybody may ask to join a team that there is. */
const demandThere: Judge = (team, access) => {
  if (team === undefined) access.admit<never>(undefined);
};

/** The organizations and teams whose requests a caller may resolve. */
function resolvable(access: Access): Reach {
  const owners = membershipsOf(access.caller);
  const mayResolve = (owner: { org_id: string; team_id?: string }) =>
    access.allows(owner, 'join_requests.resolve');
  return {
    org_ids: owners.map(({ org_id }) => org_id).filter((org_id) => mayResolve({ org_id })),
    team_ids: owners.filter(mayResolve).map(({ team_id }) => team_id),
  };
}

function membershipsOf(caller: Caller): { org_id: string; team_id: string }[] {
  return caller.kind === 'session'
    ? caller.memberships.map(({ org_id, team_id }) => ({ org_id, team_id }))
    : [];
}

function inboxItem({ team_id, user_id, user_email, ...row }: PendingRow): InboxItem {
  const { id, status, created_at, updated_at, org_id, team_name, team_created_at } = row;
  const team = { id: team_id, org_id, name: team_name, created_at: team_created_at };
  return {
    id,
    type: 'join_request',
    status,
    created_at,
    updated_at,
    payload: { user_id, user_email, team_id, team },
  };
}
