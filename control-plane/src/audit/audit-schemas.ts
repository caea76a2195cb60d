import Type, { type Static } from 'typebox';
import { cursorParameters, NextCursor } from '../http/paging.js';
import { Id, Time } from '../http/parameters.js';

export const ENTRIES_BY_DEFAULT = 50;
const MOST_ENTRIES = 200;

const ACTOR_KINDS = ['user', 'key', 'anonymous', 'system'] as const;
const OPERATIONS = ['insert', 'update', 'delete'] as const;
const TARGET_TYPES = [
  'organization',
  'team',
  'member',
  'join_request',
  'api_key',
  'prompt',
  'version',
  'tag',
  'payload',
] as const;

const OrNull = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const Fields = Type.Record(Type.String(), Type.Unknown());

/** One change, as the log tells it. */
export const AuditEntry = Type.Object(
  {
    id: Type.String(),
    at: Time,
    actor: Type.Object(
      {
        kind: Type.Enum(ACTOR_KINDS),
        id: OrNull(Type.String()),
        name: OrNull(Type.String()),
      },
      {
        title: 'AuditActor',
        description: 'Who: a user by address, or a key by name, as it was called then.',
      },
    ),
    action: OrNull(Type.String({ description: 'What the request was about, such as prompts.archive.' })),
    operation: Type.Enum(OPERATIONS),
    target: Type.Object(
      { type: Type.Enum(TARGET_TYPES), id: Type.String(), name: OrNull(Type.String()) },
      {
        title: 'AuditTarget',
        description:
          'What was changed. A member is known by the id of the user, a tag by its text, everything else by its own id.',
      },
    ),
    team_id: OrNull(Type.String()),
    prompt_id: OrNull(Type.String()),
    before: OrNull(Fields),
    after: OrNull(Fields),
    ip: OrNull(Type.String()),
    user_agent: OrNull(Type.String()),
    request_id: OrNull(Type.String({ description: 'The x-request-id of the answer.' })),
  },
  { title: 'AuditEntry' },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = Type.Object({ entries: Type.Array(AuditEntry), next_cursor: NextCursor });
export type AuditPage = Static<typeof AuditPage>;

const moment = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

export const AuditQuery = Type.Object({
  action: Type.Optional(Type.String({ pattern: '^[a-z_.]{1,64}$' })),
  actor_id: Type.Optional(Id()),
  target_type: Type.Optional(Type.Enum(TARGET_TYPES)),
  // An id, or a tag.
  target_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' })),
  since: moment('Only what was changed then or later.'),
  until: moment('Only what was changed before.'),
  limit: Type.Optional(
    Type.String({
      pattern: '^0*([1-9][0-9]?|1[0-9]{2}|200)$',
      description: `How many are shown: 1 to ${MOST_ENTRIES}, by default ${ENTRIES_BY_DEFAULT}.`,
    }),
  ),
  cursor: cursorParameters.cursor,
});
export type AuditQuery = Static<typeof AuditQuery>;
