import Type, { type Static } from 'typebox';
import { Refusal } from './error-catalogue.js';
import { isId } from './parameters.js';

/** Lists that are read page by page: the long ones by a cursor, those of people by page numbers. */

/** Items that a page with a cursor shows, by default and at most. */
/** Items of a page. More are not answered within 20 ms by all lists: `npm run bench -- control-plane`. */
export const MOST_ITEMS = 250;
const MOST_PEOPLE = 100;
const PEOPLE_BY_DEFAULT = 10;
/** Nobody turns so many pages; Postgres counts them in 64 bits. */
const LAST_PAGE = 1_000_000_000;

/** Query parameters of a list with a cursor. To be spread into a route's own. */
export const cursorParameters = {
  limit: Type.Optional(
    Type.String({
      pattern: '^0*([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|250)$',
      description: `How many are shown: 1 to ${MOST_ITEMS}, by default ${MOST_ITEMS}.`,
    }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 2_000, description: 'The next_cursor of the page before.' }),
  ),
};

/** Stands beside a list in its answer. */
export const NextCursor = Type.Union([Type.String(), Type.Null()], {
  description: 'To be sent as `cursor` for the page that follows; null where this is the last one.',
});

/** What a part of a list's sort key is: text as it is sorted, a whole number, a serial number, an id, a moment in microseconds. */
const KEY_PARTS = {
  text: (part: unknown) => typeof part === 'string' && !part.includes('\0'),
  number: (part: unknown) => Number.isInteger(part) && Math.abs(part as number) < 2 ** 31,
  id: (part: unknown) => typeof part === 'string' && isId(part),
  serial: Number.isSafeInteger,
  time: Number.isSafeInteger,
} as const;
type KeyPart = keyof typeof KEY_PARTS;

/** Which part of a list is asked for. */
export interface Slice {
  readonly limit: number;
  /** Sort key of the last item of the page before; undefined for the first page. */
  readonly after: readonly unknown[] | undefined;
}

/** One page of a list. */
export interface ListPage<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/**
 * @param parts what the list's sort key consists of
 * @throws {Refusal} for a cursor that no list of this kind gave
 */
export function sliceOf(
  { limit, cursor }: { limit?: string | undefined; cursor?: string | undefined },
  parts: readonly KeyPart[],
): Slice {
  return {
    limit: limit === undefined ? MOST_ITEMS : Number(limit),
    after: cursor === undefined ? undefined : readCursor(cursor, parts),
  };
}

/** @returns SQL for a moment as a cursor keeps it: in microseconds, which JSON times cut off */
export function microseconds(column: string): string {
  return `(extract(epoch from ${column}) * 1000000)::float8`;
}

/** @returns SQL for the moment that a cursor kept */
export function momentOf(parameter: string): string {
  return `(timestamptz 'epoch' + ${parameter}::float8 * interval '1 microsecond')`;
}

/**
 * @param rows as many as the slice's limit, and one more where there are more
 * @param keyOf the sort key of an item
 */
export function pageOf<Item>(
  rows: readonly Item[],
  limit: number,
  keyOf: (item: Item) => readonly (string | number)[],
): ListPage<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const isLast = rows.length <= limit || last === undefined;
  return { items, next_cursor: isLast ? null : writeCursor(keyOf(last)) };
}

function writeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string, parts: readonly KeyPart[]): unknown[] {
  const key = parseCursor(cursor);
  const fits =
    Array.isArray(key) &&
    key.length === parts.length &&
    parts.every((part, index) => KEY_PARTS[part](key[index]));
  if (!fits) throw new Refusal('invalid_query', { detail: 'cursor' });
  return key;
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Query parameters of a list of people. */
export const PageQuery = Type.Object({
  page: Type.Optional(Type.String({ pattern: '^-?[0-9]{1,9}$', description: 'From 1, by default 1.' })),
  limit: Type.Optional(
    Type.String({
      pattern: '^-?[0-9]{1,9}$',
      description: `Of a page: 1 to ${MOST_PEOPLE}, by default ${PEOPLE_BY_DEFAULT}.`,
    }),
  ),
});

/** Stand beside a list of people in its answer. */
export const pageFields = {
  page: Type.Integer(),
  limit: Type.Integer(),
  total: Type.Integer({ description: 'Of all pages.' }),
};

/** @returns the page that is asked for; numbers out of range become the nearest in it */
export function peoplePage({ page = '1', limit = String(PEOPLE_BY_DEFAULT) }: Static<typeof PageQuery>): {
  page: number;
  limit: number;
} {
  return {
    page: Math.min(Math.max(Number(page), 1), LAST_PAGE),
    limit: Math.min(Math.max(Number(limit), 1), MOST_PEOPLE),
  };
}
