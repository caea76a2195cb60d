import type { User } from '../accounts/account-schemas.js';
import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { sessionUser } from '../http/caller.js';
import { Refusal } from '../http/error-catalogue.js';
import { type ListPage, pageOf, type Slice } from '../http/paging.js';
import { founderRefusal } from '../http/policy.js';
import { foundOrganization } from './first-organization.js';
import { changeOrganization, changeOrganizations } from './organization-lock.js';
import type { MyOrganization, Organization } from './organization-schemas.js';
import { deleteOrganization, listOrganizationsOf, renameOrganization } from './organization-statements.js';

/** Organizations: what keeps one group of people's teams, prompts and keys from all others. */
export class Organizations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes one with a Default Team, whose admin the caller is. */
  async create(name: string, access: Access): Promise<Organization> {
    const founder = sessionUser(access.caller);
    const refusal = founderRefusal(founder);
    if (refusal !== undefined) throw new Refusal(refusal);
    return changeOrganizations(this.#database, access, { orgIds: [] }, (queries) =>
      foundOrganization(queries, name, founder.id),
    );
  }

  /** @returns the organizations that a user belongs to, oldest first */
  async listOf(user: User, slice: Slice): Promise<ListPage<MyOrganization>> {
    const rows = await listOrganizationsOf(this.#database, user.id, slice);
    const { items, next_cursor } = pageOf(rows, slice.limit, ({ moment, id }) => [moment, id]);
    return { items: items.map(({ moment: _, ...organization }) => organization), next_cursor };
  }

  rename(orgId: string, name: string, access: Access): Promise<Organization> {
    return changeOrganization(this.#database, access, orgId, (id, queries) =>
      renameOrganization(queries, id, name),
    );
  }

  /** Deletes one with its teams, prompts and keys. */
  delete(orgId: string, access: Access): Promise<void> {
    return changeOrganization(this.#database, access, orgId, (id, queries) =>
      deleteOrganization(queries, id),
    );
  }
}
