import type { Operation } from '@px0/contract';
import Type, { type Static } from 'typebox';
import { cursorParameters, NextCursor } from '../http/paging.js';
import { Id, Name, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

const OPERATIONS = ['read_render', 'all', 'admin'] as const satisfies readonly Operation[];
const OperationWord = Type.Enum(OPERATIONS);

export const NewApiKey = Type.Object({
  name: Name,
  org_id: Id({ 'x-refusal': { absent: 'org_id_required' } }),
  team_ids: Type.Optional(
    Type.Union([Type.Array(Id(), { maxItems: 1_000 }), Type.Null()], {
      description: 'None listed: all teams of the organization, those created later included.',
      'x-refusal': { invalid: 'invalid_id' } satisfies PropertyRefusal,
    }),
  ),
  operation: Type.Optional(
    Type.Enum(OPERATIONS, {
      default: 'read_render',
      'x-refusal': {
        absent: 'invalid_operation',
        invalid: 'invalid_operation',
      } satisfies PropertyRefusal,
    }),
  ),
});
export type NewApiKey = Static<typeof NewApiKey>;

export const CreatedApiKey = Type.Object({
  id: Type.String(),
  name: Type.String(),
  key: Type.String({ description: 'Shown here once and never again.', examples: ['ak_…'] }),
  operation: OperationWord,
  created_at: Time,
});

export const ApiKey = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    org_id: Type.String(),
    team_id: Type.Union([Type.String(), Type.Null()], { description: 'The only team, or null.' }),
    team_ids: Type.Array(Type.String()),
    operation: OperationWord,
    created_at: Time,
    last_used_at: Type.Union([Time, Type.Null()]),
  },
  { title: 'ApiKey' },
);
export type ApiKey = Static<typeof ApiKey>;

export const ApiKeyPage = Type.Object({ api_keys: Type.Array(ApiKey), next_cursor: NextCursor });
export type ApiKeyPage = Static<typeof ApiKeyPage>;

export const ApiKeysQuery = Type.Object({
  org_id: Id({ 'x-refusal': { absent: 'org_id_required' } }),
  ...cursorParameters,
});
export type ApiKeysQuery = Static<typeof ApiKeysQuery>;
