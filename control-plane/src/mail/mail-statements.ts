import type { Queries } from '../database/database.js';

/** What a mail is about. */
export type MailKind = 'verification' | 'password_reset';

/** A mail that a worker has taken upon itself to send. */
export interface ClaimedMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly address: string;
  /** This one included. Tells claims of one mail apart. */
  readonly attempts: number;
  /** When it was last asked for, as Postgres writes it: to the microsecond. */
  readonly requested_at: string;
  /** Whether it has been tried for so long that nobody waits for it any more. */
  readonly is_last: boolean;
}

/**
 * Seconds after which a claimed mail is anybody's again: its worker is believed dead. More than a mail
 * server can take that keeps within the time limits of the transport.
 */
const LEASE = 90;
/** After so long a mail that nobody takes is given up. */
const LIFETIME = '24 hours';

/**
 * Puts a mail into the queue, in the transaction of what it is about; whoever asks again while it
 * waits gets one mail. The same is done for every address: whether it is anybody's, the worker asks.
 */
export async function queueMail(queries: Queries, kind: MailKind, address: string): Promise<void> {
  await queries.query(
    `insert into mails (kind, address) values ($1, $2)
     on conflict (kind, lower(address)) do update set requested_at = now()`,
    [kind, address],
  );
}

/** Takes due mails that nobody else is sending, the longest due first. */
export function claimMails(queries: Queries, most: number): Promise<ClaimedMail[]> {
  return queries.query<ClaimedMail>(
    `update mails set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${LEASE})
     where id in (
       select id from mails where next_attempt_at <= now() order by next_attempt_at limit $1
       for update skip locked)
     returning id, kind, address, attempts, requested_at::text, requested_at < now() - interval '${LIFETIME}' as is_last`,
    [most],
  );
}

/**
 * Forgets a mail that is done with, unless it has been claimed anew since. One that was asked for again
 * meanwhile is due at once: what was sent may be worth nothing any more.
 */
export async function deleteMail(
  queries: Queries,
  { id, attempts, requested_at }: ClaimedMail,
): Promise<void> {
  const gone = await queries.query(
    'delete from mails where id = $1 and attempts = $2 and requested_at = $3::timestamptz returning id',
    [id, attempts, requested_at],
  );
  if (gone.length > 0) return;
  await queries.query(
    'update mails set attempts = 0, next_attempt_at = now() where id = $1 and attempts = $2',
    [id, attempts],
  );
}

/** @param delay milliseconds until the next try */
export async function postponeMail(
  queries: Queries,
  { id, attempts }: ClaimedMail,
  delay: number,
): Promise<void> {
  await queries.query(
    `update mails set next_attempt_at = now() + make_interval(secs => $3)
     where id = $1 and attempts = $2`,
    [id, attempts, delay / 1_000],
  );
}
