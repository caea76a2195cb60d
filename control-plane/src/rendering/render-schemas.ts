import Type, { type Static } from 'typebox';
import type { PropertyRefusal } from '../http/validation.js';
import { TeamId } from '../prompts/prompt-schemas.js';
import { Missing } from '../versions/version-schemas.js';

export const RenderRequest = Type.Object({
  variables: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      'x-refusal': {
        absent: 'variables_not_object',
        invalid: 'variables_not_object',
      } satisfies PropertyRefusal,
    }),
  ),
  missing: Type.Optional(Missing),
});
export type RenderRequest = Static<typeof RenderRequest>;

export const RenderQuery = Type.Object({ team_id: Type.Optional(TeamId) });
export const RenderParams = Type.Object({ reference: Type.String({ description: 'A slug or an id.' }) });
export const RenderVersionParams = Type.Object({
  ...RenderParams.properties,
  version: Type.String({ description: 'A number or a tag.' }),
});

export const Rendering = Type.Object({
  rendered: Type.String(),
  version: Type.Integer(),
  slug: Type.String(),
  tags: Type.Array(Type.String()),
  model: Type.Union([Type.String(), Type.Null()]),
  model_params: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
});
export type Rendering = Static<typeof Rendering>;

/** Renders in one request. */
export const BATCH_SIZE = 100;

const refusedList: PropertyRefusal = { absent: 'renders_required', invalid: 'renders_required' };
export const BatchRequest = Type.Object({
  // Of any kind, for what is wrong with one render is told in its place, and does not stop the others.
  renders: Type.Array(Type.Unknown(), {
    minItems: 1,
    maxItems: BATCH_SIZE,
    description:
      'Each an object with the fields of a single render and what its path and query name: `slug` (or an id), and if need be `version` (a number or a tag), `team_id`, `variables` and `missing`.',
    'x-refusal': refusedList,
  }),
});

const RenderRefusal = Type.Object(
  {
    error: Type.String({
      description: 'As a single render is refused; or `slug is required`, or `answer too large`.',
    }),
    status: Type.Integer({ description: 'That a single render would be answered with.' }),
    team_ids: Type.Optional(Type.Array(Type.String(), { description: 'Of an ambiguous slug.' })),
  },
  { title: 'RenderRefusal' },
);
export const BatchAnswer = Type.Object({
  results: Type.Array(Type.Union([Rendering, RenderRefusal]), {
    description: 'In the order of the renders.',
  }),
});
export type BatchAnswer = Static<typeof BatchAnswer>;
