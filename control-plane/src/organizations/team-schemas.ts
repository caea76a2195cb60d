import Type, { type Static } from 'typebox';
import { NextCursor } from '../http/paging.js';
import { Id, Name, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

/** `team` as the API shows it. */
export const Team = Type.Object(
  {
    id: Type.String(),
    org_id: Type.String(),
    name: Type.String(),
    created_at: Time,
  },
  { title: 'Team' },
);
export type Team = Static<typeof Team>;

export const TeamAnswer = Type.Object({ team: Team });
export const TeamsAnswer = Type.Object({ teams: Type.Array(Team), next_cursor: NextCursor });

export const TeamParams = Type.Object({ teamId: Id() });

export const NewTeam = Type.Object({ name: Name });

export const TeamChange = Type.Object({
  name: Name,
  org_id: Type.Optional(
    Type.Union([Id(), Type.Null()], {
      description: 'The organization that the team moves to, with its prompts and members.',
      'x-refusal': { invalid: 'invalid_id' } satisfies PropertyRefusal,
    }),
  ),
});
export type TeamChange = Static<typeof TeamChange>;
