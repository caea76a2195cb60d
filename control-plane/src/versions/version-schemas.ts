import Type, { type Static } from 'typebox';
import type { ErrorCode } from '../http/error-catalogue.js';
import { cursorParameters, NextCursor } from '../http/paging.js';
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

const TemplateVariable = Type.Object(
  {
    path: Type.String({
      description:
        'The way from the variables of a rendering: user.name. [] is each element of an array or value of an object: items[].title. A key that is no identifier stands as a JSON string: labels["first name"]. All variables together are ".".',
    }),
    printed: Type.Boolean({ description: 'It is in the output, as it is or as text made of it.' }),
    tested: Type.Boolean({ description: 'if, with, and, or or not ask whether it is empty.' }),
    ranged: Type.Boolean({ description: 'range goes over its elements.' }),
    compared: Type.Boolean({ description: 'eq, ne, lt, le, gt or ge compares it.' }),
    optional: Type.Boolean({
      description:
        'False: no rendering succeeds without it; for a path with [], without it in each element of the last []. True: nothing is known that makes it necessary. Always true where the version’s own missing is not error, as then no absent variable is an error by itself.',
    }),
  },
  { title: 'TemplateVariable' },
);
/** What a template reads, as the template engine finds it. */
export type TemplateVariable = Readonly<Static<typeof TemplateVariable>>;

/** `version` as the API shows it, with the contract's `missing` and `variables` beside. */
export const Version = Type.Object(
  {
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
    variables: Type.Array(TemplateVariable, {
      description:
        'What the template reads, in the order of paths; of more than 1,000 those that it reads first.',
    }),
  },
  { title: 'Version' },
);
export type Version = Static<typeof Version>;

/** A version as it is stored: what its template reads under `missing` error, null if that was never told. */
export type StoredVersion = Omit<Version, 'variables'> & {
  readonly variables: readonly TemplateVariable[] | null;
};

export const VersionAnswer = Type.Object({ version: Version });
export const VersionsAnswer = Type.Object({ versions: Type.Array(Version), next_cursor: NextCursor });

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
  ...cursorParameters,
});

function diffedVersion(invalid: ErrorCode) {
  return Type.String({
    description: 'A number or a tag.',
    'x-refusal': { absent: 'diff_range_required', invalid } satisfies PropertyRefusal,
  });
}
export const DiffQuery = Type.Object({
  from: diffedVersion('invalid_from_version'),
  to: diffedVersion('invalid_to_version'),
});
export type DiffQuery = Static<typeof DiffQuery>;
export const DiffAnswer = Type.Object({
  from_version: Type.Integer(),
  to_version: Type.Integer(),
  from_template: Type.String(),
  to_template: Type.String(),
  diff: Type.String({ description: 'A unified diff; empty where the templates are equal.' }),
});
export type DiffAnswer = Static<typeof DiffAnswer>;

export const NewTag = Type.Object({
  tag: Type.String({
    pattern: '^(?![0-9]+$)[A-Za-z0-9._-]{1,50}$',
    'x-refusal': { absent: 'tag_required', invalid: 'invalid_tag' } satisfies PropertyRefusal,
  }),
});
export const TagParams = Type.Object({ promptId: PromptId, tag: Type.String() });
export const Tag = Type.Object({ tag: Type.String(), version: Type.Integer() });
export type Tag = Static<typeof Tag>;
