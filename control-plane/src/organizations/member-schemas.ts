import Type, { type Static } from 'typebox';
import { User } from '../accounts/account-schemas.js';
import type { TeamRole } from '../http/caller.js';
import { pageFields } from '../http/paging.js';
import { Id, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

const ROLES = ['admin', 'editor', 'viewer'] as const satisfies readonly TeamRole[];

export const Member = Type.Object(
  {
    user_id: Type.String(),
    email: Type.String(),
    role: Type.Enum(ROLES),
    created_at: Time,
  },
  { title: 'Member' },
);
export type Member = Static<typeof Member>;

export const MembersAnswer = Type.Object({ members: Type.Array(Member), ...pageFields });
export const PeopleAnswer = Type.Object({ people: Type.Array(User), ...pageFields });

export const MemberParams = Type.Object({ teamId: Id(), userId: Id() });
export const OrganizationMemberParams = Type.Object({ orgId: Id(), userId: Id() });

export const NewMember = Type.Object({
  user_id: Id({ 'x-refusal': { absent: 'user_id_required' } }),
});

export const NewRole = Type.Object({
  role: Type.Enum(ROLES, {
    'x-refusal': { absent: 'invalid_role', invalid: 'invalid_role' } satisfies PropertyRefusal,
  }),
});
