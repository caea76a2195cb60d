import type { Queries } from '../database/database.js';
import type { Reach } from '../http/caller.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
import type { Team } from '../organizations/team-schemas.js';
import type { JoinRequest, Resolution } from './join-request-schemas.js';

const COLUMNS = 'id, team_id, user_id, status, created_at, updated_at';

/** @throws a unique violation if the user has asked already, and nobody has answered */
export async function insertJoinRequest(
  queries: Queries,
  teamId: string,
  userId: string,
): Promise<JoinRequest> {
  const [row] = await queries.query<JoinRequest>(
    `insert into join_requests (team_id, user_id) values ($1, $2) returning ${COLUMNS}`,
    [teamId, userId],
  );
  return row as JoinRequest;
}

export async function findJoinRequest(queries: Queries, requestId: string): Promise<JoinRequest | undefined> {
  const [row] = await queries.query<JoinRequest>(`select ${COLUMNS} from join_requests where id = $1`, [
    requestId,
  ]);
  return row;
}

/** @returns undefined if it has been resolved before, or is gone */
export async function resolvePending(
  queries: Queries,
  requestId: string,
  { status, by }: { status: Resolution; by: string | null },
): Promise<JoinRequest | undefined> {
  const [row] = await queries.query<JoinRequest>(
    `update join_requests set status = $2, resolved_by = $3, updated_at = clock_timestamp()
     where id = $1 and status = 'pending' returning ${COLUMNS}`,
    [requestId, status, by],
  );
  return row;
}

/** Approves what a user has asked of a team that they become a member of otherwise. */
export async function approvePending(
  queries: Queries,
  { teamId, userId, by }: { teamId: string; userId: string; by: string | null },
): Promise<void> {
  await queries.query(
    `update join_requests set status = 'approved', resolved_by = $3, updated_at = clock_timestamp()
     where team_id = $1 and user_id = $2 and status = 'pending'`,
    [teamId, userId, by],
  );
}

/** Turns down whatever a user has asked to join. */
export async function rejectPendingOf(queries: Queries, userId: string): Promise<void> {
  await queries.query(
    `update join_requests set status = 'rejected', updated_at = clock_timestamp()
     where user_id = $1 and status = 'pending'`,
    [userId],
  );
}

/** Turns down what a user has asked of the teams of an organization. */
export async function rejectPendingInOrganization(
  queries: Queries,
  { orgId, userId, by }: { orgId: string; userId: string; by: string | null },
): Promise<void> {
  await queries.query(
    `update join_requests set status = 'rejected', resolved_by = $3, updated_at = clock_timestamp()
     where user_id = $2 and status = 'pending' and team_id in (select id from teams where org_id = $1)`,
    [orgId, userId, by],
  );
}

/** A pending request, with what a person needs to know to decide on it. */
export interface PendingRow extends JoinRequest {
  readonly user_email: string;
  readonly org_id: Team['org_id'];
  readonly team_name: Team['name'];
  readonly team_created_at: Team['created_at'];
  /** Microseconds of created_at. */
  readonly moment: number;
}

/**
 * @param slice after the creation's microseconds and the id
 * @returns what waits to be resolved in the teams of a reach, oldest first
 */
export function listPending(queries: Queries, reach: Reach, { limit, after }: Slice): Promise<PendingRow[]> {
  return queries.query<PendingRow>(
    `select shown.*, ${microseconds('shown.created_at')} as moment,
       users.email as user_email, teams.name as team_name, teams.org_id, teams.created_at as team_created_at
     from (
       select ${COLUMNS} from join_requests
       where status = 'pending'
         and team_id = any(array(
           select id from teams where org_id = any($1::uuid[]) union select unnest($2::uuid[])))
         and ($3::float8 is null or (created_at, id) > (${momentOf('$3')}, $4::uuid))
       order by created_at, id
       limit $5
     ) as shown
     join teams on teams.id = shown.team_id
     join users on users.id = shown.user_id
     order by shown.created_at, shown.id`,
    [reach.org_ids, reach.team_ids, after?.[0], after?.[1], limit + 1],
  );
}
