import type { Operation } from '@px0/contract';
import type { User } from '../accounts/account-schemas.js';

export type TeamRole = 'admin' | 'editor' | 'viewer';

export interface Membership {
  readonly team_id: string;
  readonly org_id: string;
  readonly role: TeamRole;
  /** An admin of this team is an org admin. */
  readonly is_default_team: boolean;
}

/** A person, known by a session token. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly user: User;
  /** SHA-256 of the session's token: whether the session lives can be asked again. */
  readonly tokenHash: Buffer;
  readonly memberships: readonly Membership[];
}

/** A program, known by an API key. */
export interface KeyCaller {
  readonly kind: 'key';
  readonly id: string;
  readonly name: string;
  readonly org_id: string;
  readonly operation: Operation;
  /** null: every team of the organization. */
  readonly team_ids: readonly string[] | null;
}

/** Who sent a request. */
export type Caller =
  | SessionCaller
  | KeyCaller
  /** No credentials at all. */
  | { readonly kind: 'anonymous' }
  /** Credentials that are wrong, spent, or in a form that px0 does not know. */
  | { readonly kind: 'refused' };

/** Which teams somebody reaches: all of some organizations, and single ones. */
export interface Reach {
  readonly org_ids: readonly string[];
  readonly team_ids: readonly string[];
}

/** @returns the teams whose prompts a caller may see */
export function reachOf(caller: Caller): Reach {
  switch (caller.kind) {
    case 'session':
      return {
        org_ids: adminOrganizations(caller),
        team_ids: caller.memberships.map(({ team_id }) => team_id),
      };
    case 'key':
      return caller.team_ids === null
        ? { org_ids: [caller.org_id], team_ids: [] }
        : { org_ids: [], team_ids: caller.team_ids };
    case 'anonymous':
    case 'refused':
      return { org_ids: [], team_ids: [] };
  }
}

function adminOrganizations({ memberships }: SessionCaller): string[] {
  return memberships.filter(isOrgAdminship).map(({ org_id }) => org_id);
}

/** Whether a membership makes its holder an admin of the whole organization. */
export function isOrgAdminship({ role, is_default_team }: Membership): boolean {
  return role === 'admin' && is_default_team;
}

/** The session behind a request. Only for routes that the policy opens to sessions alone. */
export function sessionOf(caller: Caller): SessionCaller {
  if (caller.kind !== 'session') throw new Error(`a ${caller.kind} caller reached a route for sessions`);
  return caller;
}

/** The user behind a session. Only for routes that the policy opens to sessions alone. */
export function sessionUser(caller: Caller): User {
  return sessionOf(caller).user;
}
