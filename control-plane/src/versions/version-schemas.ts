import Type, { type Static } from 'typebox';
import { NAME_LIMIT, PromptId, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

const STATUSES = ['draft', 'stable', 'live', 'archived'] as const;
export type Status = (typeof STATUSES)[number];

export const Missing = Type.Enum(['error', 'default', 'zero'], {
  description:
    'What a rendering does about a variable that the request lacks: fail, print <no value>, or print the zero value (the missingkey option of Go templates).',
});

const ModelParams = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
  'x-refusal': {
    absent: 'model_params_not_object',
    invalid: 'model_params_not_object',
  } satisfies PropertyRefusal,
});

const Model = Type.Union([Type.String({ pattern: '\\S', maxLength: NAME_LIMIT }), Type.Null()], {
  'x-refusal': { absent: 'model_empty' } satisfies PropertyRefusal,
});

const Template = Type.String({
  minLength: 1,
  description: 'A Go text/template, 256 KiB at most.',
  'x-refusal': { absent: 'template_required' } satisfies PropertyRefusal,
});

/** `version` as the API shows it, with the contract's `missing` beside. */
export const Version = Type.Object({
  id: Type.String(),
  prompt_id: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  template: Type.String(),
  status: Type.Enum(STATUSES),
  missing: Missing,
  model: Type.Union([Type.String(), Type.Null()]),
  model_params: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  created_at: Time,
  published_at: Type.Union([Time, Type.Null()]),
  tags: Type.Array(Type.String()),
});
export type Version = Static<typeof Version>;

export const VersionAnswer = Type.Object({ version: Version });
export const VersionsAnswer = Type.Object({ versions: Type.Array(Version) });

export const NewVersion = Type.Object({
  template: Template,
  model: Type.Optional(Model),
  model_params: Type.Optional(ModelParams),
  missing: Type.Optional(Missing),
});
export type NewVersion = Static<typeof NewVersion>;

/** What is left out stays; null clears. */
export const VersionChange = Type.Partial(NewVersion);
export type VersionChange = Static<typeof VersionChange>;

export const PromptParams = Type.Object({ promptId: PromptId });
export const VersionParams = Type.Object({
  promptId: PromptId,
  version: Type.String({ description: 'A number or a tag.' }),
});
export const VersionsQuery = Type.Object({
  status: Type.Optional(Type.Enum(STATUSES)),
  tags: Type.Optional(Type.String({ description: 'Versions with any of these tags: a,b' })),
});

export const NewTag = Type.Object({
  tag: Type.String({
    pattern: '^(?![0-9]+$)[A-Za-z0-9._-]{1,50}$',
    'x-refusal': { absent: 'tag_required', invalid: 'invalid_tag' } satisfies PropertyRefusal,
  }),
});
export const TagParams = Type.Object({ promptId: PromptId, tag: Type.String() });
export const Tag = Type.Object({ tag: Type.String(), version: Type.Integer() });
export type Tag = Static<typeof Tag>;
