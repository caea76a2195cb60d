import Type, { type Static } from 'typebox';
import { NextCursor } from '../http/paging.js';
import { Id, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';
import { Team } from '../organizations/team-schemas.js';

const Status = Type.Enum(['pending', 'approved', 'rejected']);

export const JoinRequest = Type.Object(
  {
    id: Type.String(),
    team_id: Type.String(),
    user_id: Type.String(),
    status: Status,
    created_at: Time,
    updated_at: Time,
  },
  { title: 'JoinRequest' },
);
export type JoinRequest = Static<typeof JoinRequest>;

export const JoinRequestParams = Type.Object({ joinRequestId: Id() });

export const Resolution = Type.Object({
  status: Type.Enum(['approved', 'rejected'], {
    'x-refusal': {
      absent: 'invalid_join_status',
      invalid: 'invalid_join_status',
    } satisfies PropertyRefusal,
  }),
});
export type Resolution = Static<typeof Resolution>['status'];

/** Something that waits for somebody's decision. */
export const InboxItem = Type.Object(
  {
    id: Type.String({ description: 'Of the join request.' }),
    type: Type.Literal('join_request'),
    status: Status,
    created_at: Time,
    updated_at: Time,
    payload: Type.Object(
      {
        user_id: Type.String(),
        user_email: Type.String(),
        team_id: Type.String(),
        team: Team,
      },
      { title: 'InboxPayload' },
    ),
  },
  { title: 'InboxItem' },
);
export type InboxItem = Static<typeof InboxItem>;

export const InboxAnswer = Type.Object({ inbox: Type.Array(InboxItem), next_cursor: NextCursor });
