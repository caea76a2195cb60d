import Type, { type Static } from 'typebox';
import { cursorParameters, NextCursor } from '../http/paging.js';
import { Id, NAME_LIMIT, Name, PromptId, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';
import { Version } from '../versions/version-schemas.js';

const DESCRIPTION_LIMIT = 10_000;

/** `prompt` as the API shows it. */
export const Prompt = Type.Object(
  {
    id: Type.String(),
    team_id: Type.String(),
    slug: Type.String(),
    name: Type.String(),
    description: Type.String(),
    status: Type.Enum(['active', 'archived']),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Prompt' },
);
export type Prompt = Static<typeof Prompt>;

export const PromptAnswer = Type.Object({ prompt: Prompt });
export const PromptWithVersionAnswer = Type.Object({
  prompt: Type.Object(
    { ...Prompt.properties, version: Type.Optional(Version) },
    { title: 'PromptWithVersion' },
  ),
  version: Type.Optional(Version),
});
export const PromptsAnswer = Type.Object({ prompts: Type.Array(Prompt), next_cursor: NextCursor });

const Description = Type.Union([Type.String({ maxLength: DESCRIPTION_LIMIT }), Type.Null()], {
  description: 'null is the empty text.',
});

export const NewPrompt = Type.Object({
  name: Name,
  description: Type.Optional(Description),
  slug: Type.Optional(
    Type.Union([Type.String({ maxLength: NAME_LIMIT }), Type.Null()], {
      description: 'Normalized: lower case, runs of other characters than letters and digits one "_".',
      'x-refusal': { invalid: 'invalid_slug' } satisfies PropertyRefusal,
    }),
  ),
});
export type NewPrompt = Static<typeof NewPrompt>;

export const PromptChange = Type.Object({ description: Description });

export const PromptMove = Type.Object({
  team_id: Id({ 'x-refusal': { absent: 'invalid_target_team', invalid: 'invalid_target_team' } }),
});

const Archived = Type.Enum(['true', 'false', '1', '0'], {
  description: 'true lists archived prompts alone; by default only active ones are listed.',
});
export const TeamPromptsQuery = Type.Object({
  archived: Type.Optional(Archived),
  q: Type.Optional(
    Type.String({
      pattern: '^[^\\u0000]+$',
      maxLength: NAME_LIMIT,
      description: 'A part of the name, the slug, the description or a tag, in any case.',
    }),
  ),
  ...cursorParameters,
});
export const PromptsQuery = Type.Object({
  team_id: Type.Optional(Id()),
  team: Type.Optional(Id({ description: 'Another name for team_id.' })),
  ...TeamPromptsQuery.properties,
});
export type TeamPromptsQuery = Static<typeof TeamPromptsQuery>;

/** @returns the status that a list shows */
export function statusOf(archived: Static<typeof Archived> | undefined): Prompt['status'] {
  return archived === 'true' || archived === '1' ? 'archived' : 'active';
}

export const PromptReference = Type.Object({ reference: Type.String({ description: 'An id or a slug.' }) });
/** The same place of the same path, where only an id will do. */
export const PromptReferenceById = Type.Object({ reference: PromptId });
/** Picks a team, where a slug stands in several. */
export const TeamId = Id({ description: 'The team to look in, where several have the slug.' });
export const PromptQuery = Type.Object({
  version: Type.Optional(Type.String({ description: 'Number or tag of the version to show too.' })),
  tag: Type.Optional(Type.String({ description: 'Tag of the version to show too.' })),
  team_id: Type.Optional(TeamId),
});
