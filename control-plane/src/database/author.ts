import type { Queries } from './database.js';

/** Who changes something, as the audit log tells it. The keys are those that its triggers read. */
export interface Author {
  readonly kind: 'user' | 'key' | 'anonymous' | 'system';
  /** Of the user or the key. */
  readonly id?: string;
  /** The user's address, or the key's name, at the time. */
  readonly name?: string;
  /** The policy's word for what the request is about. */
  readonly action?: string;
  readonly ip?: string;
  readonly user_agent?: string;
  readonly request_id?: string;
}

/** Characters that are kept of what headers tell: they are as long as the client likes. */
const LONGEST_AGENT = 512;
const LONGEST_ADDRESS = 64;

/** Puts what a transaction changes from here on down to an author. */
export async function nameAuthor(queries: Queries, author: Author): Promise<void> {
  await queries.query("select set_config('px0.author', $1, true)", [authorSetting(author)]);
}

/** @returns an author as the setting `px0.author` holds it */
function authorSetting(author: Author): string {
  const { user_agent: agent, ip, ...rest } = author;
  return JSON.stringify({
    ...rest,
    ...(ip !== undefined && { ip: ip.slice(0, LONGEST_ADDRESS) }),
    ...(agent !== undefined && { user_agent: agent.slice(0, LONGEST_AGENT) }),
  });
}
