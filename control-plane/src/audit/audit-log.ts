import type { Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { pageOf, sliceOf } from '../http/paging.js';
import { isId } from '../http/parameters.js';
import { findOrganization } from '../organizations/organization-statements.js';
import { type AuditPage, type AuditQuery, ENTRIES_BY_DEFAULT } from './audit-schemas.js';
import { listAuditEntries } from './audit-statements.js';

/** Reads what the database's triggers have written about changes. Nothing here writes. */
export class AuditLog {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /**
   * @param query filters, all of which an entry must meet; how many entries, 1 to 200 and by default
   * 50; and the cursor of the page before
   * @returns entries, newest first
   * @throws {Refusal} unless the caller may read the organization's log; for a cursor that no page
   * gave, and for a time that is none
   */
  async list(orgId: string, query: AuditQuery, access: Access): Promise<AuditPage> {
    const owner = await findOrganization(this.#queries, orgId);
    access.demand(owner);
    const { action, actor_id: actorId, target_type: targetType, target_id: targetId } = query;
    const slice = sliceOf({ limit: query.limit ?? String(ENTRIES_BY_DEFAULT), cursor: query.cursor }, [
      'time',
      'serial',
    ]);
    const filter = {
      action,
      actorId,
      targetType,
      // Ids are kept in lower case, tags as they were written.
      targetId: targetId !== undefined && isId(targetId) ? targetId.toLowerCase() : targetId,
      since: momentIn(query, 'since'),
      until: momentIn(query, 'until'),
    };
    const rows = await listAuditEntries(this.#queries, owner.org_id, filter, slice);
    const page = pageOf(rows, slice.limit, (row) => [row.moment, Number(row.id)]);
    return {
      entries: page.items.map(({ moment: _, ...entry }) => entry),
      next_cursor: page.next_cursor,
    };
  }
}

/** @returns microseconds of Unix time */
function momentIn(query: AuditQuery, name: 'since' | 'until'): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const moment = Date.parse(text);
  if (Number.isNaN(moment)) throw new Refusal('invalid_query', { detail: name });
  return moment * 1_000;
}
