import { type ListPage, pageOf, type Slice } from './paging.js';

/** Pages of lists whose items may be large each: they end early, before they become too much to hold. */

/** Bytes from which on a page takes no further item. Its last item may go beyond. */
export const PAGE_BYTES = 8 * 1024 * 1024;

/** What the documents say of such a list. */
export const HEAVY_PAGES = `A page ends early once it holds ${PAGE_BYTES / 2 ** 20} MiB: next_cursor tells whether more follow.`;

/** A row, and whether it begins the page after the one that is asked for. */
export type Weighed<Row> = Row & { readonly is_beyond: boolean };

/**
 * @param rows SQL of the rows in their order, at most one more than the slice holds
 * @param bytes SQL of what a row weighs
 * @param order the SQL that `rows` are ordered by
 * @returns SQL of the rows of the page and one beyond it, with their weight settled before any large
 * value is read: a condition on is_reached must select them
 */
export function weighed(rows: string, { bytes, order }: { bytes: string; order: string }): string {
  const before = (first: number) =>
    `coalesce(sum(bytes) over (order by ${order} rows between unbounded preceding and ${first} preceding), 0)`;
  return `(select *, ${before(1)} >= ${PAGE_BYTES} as is_beyond, ${before(2)} < ${PAGE_BYTES} as is_reached
    from (select *, ${bytes} as bytes from (${rows}) as candidates) as candidates)`;
}

/** @param keyOf the sort key of an item */
export function heavyPageOf<Row extends object>(
  rows: readonly Weighed<Row>[],
  { limit }: Slice,
  keyOf: (item: Row) => readonly (string | number)[],
): ListPage<Row> {
  const fitting = rows.at(-1)?.is_beyond ? rows.length - 1 : rows.length;
  const items = rows.map(({ is_beyond: _, ...row }) => row as unknown as Row);
  return pageOf(items, Math.min(limit, fitting), keyOf);
}
