import type { Operation } from '@px0/contract';
import type { User } from '../accounts/account-schemas.js';
import { type Caller, isOrgAdminship, type TeamRole } from './caller.js';
import type { ErrorCode } from './error-catalogue.js';

/**
 * Who may do what: the table of actions × what the caller is to the thing acted on. Routes name an
 * action, and nothing outside this file decides.
 */

/** What a caller is to an organization, or to a team and what belongs to it. */
export type Relation =
  /** Has no part in the organization, or is a key that does not reach the team. */
  | 'stranger'
  /** A member of another team of the organization. */
  | 'org_member'
  | 'viewer'
  | 'editor'
  | 'team_admin'
  | 'org_admin'
  /** Made the thing, is in its organization still, and has no higher relation to it. */
  | 'creator'
  /** A key of some teams, asked about the organization itself. */
  | 'limited_key'
  | 'read_render_key'
  | 'all_key'
  | 'admin_key';

/** Something that has an owner: an organization, or a team (of that organization). */
export interface Owner {
  readonly org_id: string;
  /** Absent for what belongs to the organization itself. */
  readonly team_id?: string;
  /** The user who made the thing, where that counts; null once there is no such user. */
  readonly created_by?: string | null;
}

const KEYS = ['limited_key', 'read_render_key', 'all_key', 'admin_key'] as const;
const MEMBERS = ['org_member', 'viewer', 'editor', 'team_admin', 'org_admin'] as const;
const READERS = [
  'viewer',
  'editor',
  'team_admin',
  'org_admin',
  'read_render_key',
  'all_key',
  'admin_key',
] as const;
const EDITORS = ['editor', 'team_admin', 'org_admin', 'all_key', 'admin_key'] as const;
const TEAM_ADMINS = ['team_admin', 'org_admin', 'all_key', 'admin_key'] as const;
/** Keys manage teams and their members with the operation admin alone. */
const ORG_MANAGERS = ['org_admin', 'admin_key'] as const;
const TEAM_MANAGERS = ['team_admin', 'org_admin', 'admin_key'] as const;
const ORG_PEOPLE = [...MEMBERS, 'creator'] as const;
const ORG_INSIDERS = [...MEMBERS, ...KEYS] as const;

interface Rule {
  /** Which kinds of callers are heard at all; an anonymous one gets 401, a key too many 403. */
  readonly heard: 'anyone' | 'guest_or_session' | 'session' | 'session_or_key';
  /** What answers a key where only a session is heard. */
  readonly keyRefusal?: ErrorCode;
  /** Only users whose address is verified are heard. */
  readonly verified?: true;
  /** Who may. Absent where nothing but the caller itself is concerned. */
  readonly may?: readonly Relation[];
  /** Who sees that the thing is there, and hears `forbidden` instead of `unseen`. */
  readonly see?: readonly Relation[];
  /** What those hear who must not learn whether the thing exists. */
  readonly unseen?: ErrorCode;
}

const onTeam = { heard: 'session_or_key', unseen: 'forbidden' } as const;
const onPrompt = { heard: 'session_or_key', see: READERS, unseen: 'prompt_not_found' } as const;
const onKey = { heard: 'session', see: ORG_PEOPLE } as const;
const onOrg = { see: ORG_INSIDERS, unseen: 'organization_not_found' } as const;
const onTeamItself = { heard: 'session_or_key', see: ORG_INSIDERS, unseen: 'team_not_found' } as const;

const POLICY = {
  'health.read': { heard: 'anyone' },
  'documents.read': { heard: 'anyone' },

  // What registering with a session takes is a matter of the user, not of a relation: see registrarRefusal.
  'accounts.register': { heard: 'guest_or_session' },
  // Asked of the team that somebody is registered into, as its editor: who may not add members does not
  // come to a team by the account of another.
  'accounts.register_into': {
    heard: 'session',
    may: ['team_admin', 'org_admin'],
    see: MEMBERS,
    unseen: 'registrar_outside_organization',
  },
  'accounts.verify': { heard: 'anyone' },
  'sessions.create': { heard: 'anyone' },
  'sessions.delete': { heard: 'anyone' },
  'me.read': { heard: 'session', keyRefusal: 'access_token_required' },
  'me.update': { heard: 'session' },
  'me.delete': { heard: 'session' },
  'me.change_password': { heard: 'session' },
  'passwords.reset': { heard: 'anyone' },

  'me.organizations': { heard: 'session' },
  'me.teams': { heard: 'session' },
  'me.leave_team': {
    heard: 'session',
    may: ['viewer', 'editor', 'team_admin', 'org_admin'],
    unseen: 'team_not_found',
  },
  'me.inbox': { heard: 'session' },

  // Founding is a matter of the user as well: see founderRefusal.
  'organizations.create': { heard: 'session' },
  'organizations.update': { ...onOrg, heard: 'session', may: ['org_admin'] },
  'organizations.delete': { ...onOrg, heard: 'session', may: ['org_admin'] },
  'organizations.people': { ...onOrg, heard: 'session_or_key', may: [...MEMBERS, 'admin_key'] },
  'organizations.remove_member': { ...onOrg, heard: 'session_or_key', may: ORG_MANAGERS },
  'audit_log.read': { ...onOrg, heard: 'session', may: ['org_admin'] },

  'teams.create': { ...onOrg, heard: 'session_or_key', may: ORG_MANAGERS },
  'teams.list': { ...onOrg, heard: 'session_or_key', may: [...MEMBERS, 'admin_key'] },
  'teams.update': { ...onTeamItself, may: ['editor', ...TEAM_MANAGERS] },
  'teams.delete': { ...onTeamItself, may: ['editor', ...TEAM_MANAGERS] },
  // Asked of the organization that a team leaves, and of the one that it comes to.
  'teams.move_from': { ...onTeamItself, may: ['org_admin'] },
  'teams.move_to': { ...onOrg, heard: 'session_or_key', may: ['org_admin'] },
  'members.list': { ...onTeamItself, may: ['viewer', 'editor', ...TEAM_MANAGERS] },
  'members.add': { ...onTeamItself, may: TEAM_MANAGERS },
  'members.remove': { ...onTeamItself, may: TEAM_MANAGERS },
  'members.set_role': { ...onTeamItself, may: TEAM_MANAGERS },
  // Anybody may ask to join any team: that is how people come together.
  'join_requests.create': { heard: 'session', verified: true, unseen: 'team_not_found' },
  'join_requests.resolve': {
    ...onTeamItself,
    may: TEAM_MANAGERS,
    unseen: 'join_request_not_found',
  },

  'api_keys.create': { ...onKey, may: MEMBERS, unseen: 'forbidden' },
  'api_keys.create_unlimited': { ...onKey, may: ['org_admin'], unseen: 'forbidden' },
  'api_keys.create_for_team': {
    ...onKey,
    may: ['editor', 'team_admin', 'org_admin'],
    unseen: 'team_not_found',
  },
  'api_keys.list': { ...onKey, may: MEMBERS, unseen: 'organization_not_found' },
  'api_keys.list_all': { ...onKey, may: ['org_admin'], unseen: 'organization_not_found' },
  'api_keys.delete': { ...onKey, may: ['creator', 'org_admin'], unseen: 'api_key_not_found' },

  'prompts.create': { ...onTeam, may: EDITORS },
  'prompts.list': { ...onTeam, may: READERS },
  'prompts.read': { ...onPrompt, may: READERS },
  'prompts.update': { ...onPrompt, may: EDITORS },
  'prompts.archive': { ...onPrompt, may: TEAM_ADMINS },
  'prompts.restore': { ...onPrompt, may: TEAM_ADMINS },
  'prompts.move': { ...onPrompt, may: TEAM_ADMINS },
  // Asked of the team that a prompt comes to.
  'prompts.move_to': {
    heard: 'session_or_key',
    may: TEAM_ADMINS,
    see: ORG_INSIDERS,
    unseen: 'target_team_not_found',
  },
  'versions.create': { ...onPrompt, may: EDITORS },
  'versions.read': { ...onPrompt, may: READERS },
  'versions.diff': { ...onPrompt, may: READERS },
  'versions.update': { ...onPrompt, may: EDITORS },
  'versions.delete': { ...onPrompt, may: EDITORS },
  'versions.duplicate': { ...onPrompt, may: EDITORS },
  // Which of the two a promotion is depends on the version: the routes ask for the first, and once
  // the version is known for its own.
  'versions.promote_to_stable': { ...onPrompt, may: EDITORS },
  'versions.promote_to_live': { ...onPrompt, may: TEAM_ADMINS },
  'versions.demote': { ...onPrompt, may: TEAM_ADMINS },
  'versions.archive': { ...onPrompt, may: TEAM_ADMINS },
  'rollouts.read': { ...onPrompt, may: READERS },
  'tags.write': { ...onPrompt, may: EDITORS },
  'tags.read': { ...onPrompt, may: READERS },
  'payloads.write': { ...onPrompt, may: EDITORS },
  'payloads.read': { ...onPrompt, may: READERS },
  'prompts.render': { ...onPrompt, may: READERS },
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof POLICY;

const RULES: Readonly<Record<Action, Rule>> = POLICY;

const TEAM_RELATIONS: Readonly<Record<TeamRole, Relation>> = {
  admin: 'team_admin',
  editor: 'editor',
  viewer: 'viewer',
};
const KEY_RELATIONS: Readonly<Record<Operation, Relation>> = {
  read_render: 'read_render_key',
  all: 'all_key',
  admin: 'admin_key',
};

/** @returns what the caller is to a thing, from what the caller brought along: no look-up */
export function relationTo(owner: Owner, caller: Caller): Relation {
  switch (caller.kind) {
    case 'anonymous':
    case 'refused':
      return 'stranger';
    case 'key': {
      if (caller.org_id !== owner.org_id) return 'stranger';
      if (caller.team_ids === null) return KEY_RELATIONS[caller.operation];
      if (owner.team_id === undefined) return 'limited_key';
      return caller.team_ids.includes(owner.team_id) ? KEY_RELATIONS[caller.operation] : 'stranger';
    }
    case 'session': {
      const inOrganization = caller.memberships.filter(({ org_id }) => org_id === owner.org_id);
      if (inOrganization.some(isOrgAdminship)) return 'org_admin';
      const inTeam = inOrganization.find(({ team_id }) => team_id === owner.team_id);
      if (inTeam !== undefined) return TEAM_RELATIONS[inTeam.role];
      if (inOrganization.length === 0) return 'stranger';
      return owner.created_by === caller.user.id ? 'creator' : 'org_member';
    }
  }
}

/** @returns whether a caller of this relation may do this */
export function may(action: Action, relation: Relation): boolean {
  return RULES[action].may?.includes(relation) ?? false;
}

/** @returns the error for a caller who is not to do this, or undefined for one who may */
export function refusalOf(action: Action, relation: Relation): ErrorCode | undefined {
  if (may(action, relation)) return undefined;
  const { see, unseen = 'forbidden' } = RULES[action];
  return see?.includes(relation) ? 'forbidden' : unseen;
}

/** @returns what answers those who ask for a thing that does not exist: the same as for unseen ones */
export function absenceOf(action: Action): ErrorCode {
  return RULES[action].unseen ?? 'not_found';
}

/** @returns which kinds of callers an action hears */
export function heardBy(action: Action): Rule['heard'] {
  return RULES[action].heard;
}

/** @returns who may do this, or undefined where nothing but the caller itself is concerned */
export function mayOf(action: Action): readonly Relation[] | undefined {
  return RULES[action].may;
}

/** @returns the error for a kind of caller that an action does not hear, whatever it is about */
export function hearingRefusal(action: Action, caller: Caller): ErrorCode | undefined {
  const { heard, keyRefusal = 'forbidden', verified = false } = RULES[action];
  if (heard === 'anyone') return undefined;
  switch (caller.kind) {
    case 'anonymous':
      return heard === 'guest_or_session' ? undefined : 'unauthorized';
    case 'refused':
      return 'unauthorized';
    case 'key':
      return heard === 'session_or_key' ? undefined : keyRefusal;
    case 'session':
      return verified && !caller.user.is_verified ? 'user_not_verified' : undefined;
  }
}

/** @returns why a user may not register others, or undefined for one who may */
export function registrarRefusal(user: User): ErrorCode | undefined {
  if (!user.is_verified) return 'user_not_verified';
  return user.is_admin ? undefined : 'forbidden';
}

/** @returns why a user may not found organizations, or undefined for one who may */
export function founderRefusal(user: User): ErrorCode | undefined {
  return user.is_admin ? undefined : 'forbidden';
}
