import Type, { type Static } from 'typebox';
import { cursorParameters, NextCursor } from '../http/paging.js';
import { Id, NAME_LIMIT, PromptId, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

const PayloadName = Type.Union([Type.String({ maxLength: NAME_LIMIT }), Type.Null()]);

const Variables = Type.Record(Type.String(), Type.Unknown(), {
  description: 'What a rendering would be given as its variables.',
  'x-refusal': {
    absent: 'variables_not_object',
    invalid: 'variables_not_object',
  } satisfies PropertyRefusal,
});

/** `payload` as the API shows it. */
export const Payload = Type.Object(
  {
    id: Type.String(),
    prompt_id: Type.String(),
    name: PayloadName,
    variables: Type.Record(Type.String(), Type.Unknown()),
    created_at: Time,
    updated_at: Time,
  },
  { title: 'Payload' },
);
export type Payload = Static<typeof Payload>;

export const PayloadAnswer = Type.Object({ payload: Payload });
export const PayloadsAnswer = Type.Object({ payloads: Type.Array(Payload), next_cursor: NextCursor });

export const NewPayload = Type.Object({ variables: Variables, name: Type.Optional(PayloadName) });
export type NewPayload = Static<typeof NewPayload>;

/** What is left out stays; null clears the name. A change of nothing is refused by Payloads. */
export const PayloadChange = Type.Partial(NewPayload);
export type PayloadChange = Static<typeof PayloadChange>;

export const PayloadParams = Type.Object({ promptId: PromptId, payloadId: Id() });
export const PayloadsQuery = Type.Object({ ...cursorParameters });
