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
