import Type, { type TSchemaOptions } from 'typebox';
import type { PropertyRefusal } from './validation.js';

/** Pieces that the schemas of several features share. */

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
const UUID_PATTERN = new RegExp(UUID);

/** Characters of a name, a slug, a model. An index entry in Postgres must hold it. */
export const NAME_LIMIT = 255;

/** Whether a text has the form of an id. Slugs never do: they hold no `-`. */
export function isId(text: string): boolean {
  return UUID_PATTERN.test(text);
}

/** An id whose malformed forms are `invalid id`. */
export function Id(options: TSchemaOptions & { 'x-refusal'?: PropertyRefusal } = {}) {
  return Type.String({
    pattern: UUID,
    examples: ['0b0e7c0a-6a53-4a3f-9f0e-3d1f2a4b5c6d'],
    ...options,
    'x-refusal': { invalid: 'invalid_id', ...options['x-refusal'] } satisfies PropertyRefusal,
  });
}

/** A prompt's id in a path. */
export const PromptId = Type.String({
  pattern: UUID,
  'x-refusal': { absent: 'invalid_prompt_id', invalid: 'invalid_prompt_id' } satisfies PropertyRefusal,
});

/** The name of something, as a person gives it. */
export const Name = Type.String({
  pattern: '\\S',
  maxLength: NAME_LIMIT,
  'x-refusal': { absent: 'name_required' } satisfies PropertyRefusal,
});

/** A moment, in UTC: `2026-01-31T12:00:00.000Z`. */
export const Time = Type.String({ format: 'date-time' });
