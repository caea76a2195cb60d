import type { Queries } from '../database/database.js';
import { microseconds, momentOf, type Slice } from '../http/paging.js';
import type { AuditEntry } from './audit-schemas.js';

/** What entries are to be about. Moments are in microseconds of Unix time. */
interface AuditFilter {
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
  /** The first that counts. */
  readonly since?: number | undefined;
  /** The first that no longer counts. */
  readonly until?: number | undefined;
}

/** An entry, and the moment of it as a cursor keeps it. */
type AuditRow = AuditEntry & { readonly moment: number };

/**
 * @param slice its sort key is the entry's moment and id
 * @returns one more than the slice's limit where there are more, newest first
 */
export function listAuditEntries(
  queries: Queries,
  orgId: string,
  { action, actorId, targetType, targetId, since, until }: AuditFilter,
  { limit, after = [] }: Slice,
): Promise<AuditRow[]> {
  const [at, id] = after;
  return queries.query<AuditRow>(
    `select id::text, at, ${microseconds('at')} as moment,
       json_build_object('kind', actor_kind, 'id', actor_id, 'name', actor_name) as actor,
       action, operation,
       json_build_object('type', target_type, 'id', target_id, 'name', target_name) as target,
       team_id, prompt_id, before, after, ip, user_agent, request_id
     from audit_log
     where org_id = $1
       and ($2::text is null or action = $2)
       and ($3::uuid is null or actor_id = $3)
       and ($4::text is null or target_type = $4)
       and ($5::text is null or target_id = $5)
       and ($6::float8 is null or at >= ${momentOf('$6')})
       and ($7::float8 is null or at < ${momentOf('$7')})
       and ($8::float8 is null or (at, id) < (${momentOf('$8')}, $9::bigint))
     order by audit_log.at desc, audit_log.id desc limit $10`,
    [orgId, action, actorId, targetType, targetId, since, until, at, id, limit + 1],
  );
}
