import type { Queries } from '../database/database.js';
import type { Reach } from '../http/caller.js';
import { type Weighed, weighed } from '../http/heavy-pages.js';
import type { Slice } from '../http/paging.js';
import type { Owner } from '../http/policy.js';
import type { Prompt } from './prompt-schemas.js';

const COLUMNS = 'id, team_id, slug, name, description, status, created_at, updated_at';

/** A team, as the owner of prompts. */
export type TeamOwner = Owner & { readonly team_id: string };

/** A prompt, and who owns it. */
export interface OwnedPrompt {
  readonly owner: Owner;
  readonly prompt: Prompt;
}

type Row = Prompt & { org_id: string };

function owned({ org_id, ...prompt }: Row): OwnedPrompt {
  return { owner: { org_id, team_id: prompt.team_id }, prompt };
}

/** @throws a unique violation if the team has the name or the slug already */
export async function insertPrompt(
  queries: Queries,
  prompt: { teamId: string; orgId: string; slug: string; name: string; description: string },
): Promise<Prompt> {
  const [row] = await queries.query<Prompt>(
    `insert into prompts (team_id, org_id, slug, name, description)
     values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
    [prompt.teamId, prompt.orgId, prompt.slug, prompt.name, prompt.description],
  );
  return row as Prompt;
}

export async function findPrompt(queries: Queries, promptId: string): Promise<OwnedPrompt | undefined> {
  const [row] = await queries.query<Row>(`select org_id, ${COLUMNS} from prompts where id = $1`, [promptId]);
  return row && owned(row);
}

export async function findPrompts(queries: Queries, promptIds: readonly string[]): Promise<OwnedPrompt[]> {
  const rows = await queries.query<Row>(`select org_id, ${COLUMNS} from prompts where id = any($1::uuid[])`, [
    promptIds,
  ]);
  return rows.map(owned);
}

/** @returns the prompts with one of these slugs in the teams that somebody reaches, by team */
export async function findPromptsBySlug(
  queries: Queries,
  slugs: readonly string[],
  reach: Reach,
): Promise<OwnedPrompt[]> {
  // Two arms, so that each has its index.
  const rows = await queries.query<Row>(
    `select org_id, ${COLUMNS} from prompts where slug = any($1::text[]) and org_id = any($2::uuid[])
     union
     select org_id, ${COLUMNS} from prompts where slug = any($1::text[]) and team_id = any($3::uuid[])
     order by team_id`,
    [slugs, reach.org_ids, reach.team_ids],
  );
  return rows.map(owned);
}

/** Which prompts of a team a list shows. */
export interface PromptFilter {
  readonly status: Prompt['status'];
  /** A part of the name, the slug, the description or a tag, in any case. */
  readonly q: string | undefined;
}

/** Letters that a text must have for the index of trigrams to find it. */
const TRIGRAM = 3;

/** @returns SQL for the prompts that q finds, and what its $3 is */
function searchFor(q: string | undefined): { condition: string; text: string | null } {
  if (q === undefined) return { condition: '$3::text is null', text: null };
  if ([...q].length < TRIGRAM) {
    // Dearer than LIKE in the eyes of Postgres, which then asks it of the team's prompts alone, not of all.
    return { condition: 'strpos(search, search_form($3)) > 0', text: q };
  }
  return { condition: `search like '%' || search_form($3) || '%'`, text: literally(q) };
}

const BY_SLUG = 'slug collate "C"';

/** @returns a team's prompts by slug */
export function listPrompts(
  queries: Queries,
  teamId: string,
  { status, q }: PromptFilter,
  { limit, after }: Slice,
): Promise<Weighed<Prompt>[]> {
  const { condition, text } = searchFor(q);
  const rows = `select ${COLUMNS} from prompts
    where team_id = $1 and status = $2 and ${condition}
      and ($4::text is null or ${BY_SLUG} > $4)
    order by ${BY_SLUG} limit $5`;
  return queries.query<Weighed<Prompt>>(
    `select ${COLUMNS}, is_beyond
     from ${weighed(rows, { bytes: 'octet_length(description)', order: BY_SLUG })} as prompts
     where is_reached order by ${BY_SLUG}`,
    [teamId, status, text, after?.[0] ?? null, limit + 1],
  );
}

/** @returns a text as a pattern of LIKE that stands for nothing but itself */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Keeps other changes of a prompt, its versions, tags and payloads out until the transaction ends. */
export async function lockPrompt(queries: Queries, promptId: string): Promise<OwnedPrompt | undefined> {
  const [row] = await queries.query<Row>(
    `select org_id, ${COLUMNS} from prompts where id = $1 for no key update`,
    [promptId],
  );
  return row && owned(row);
}

// Not now() in what follows: that is when the transaction began, which may have waited for the lock since.

export async function setDescription(
  queries: Queries,
  promptId: string,
  description: string,
): Promise<Prompt> {
  const [row] = await queries.query<Prompt>(
    `update prompts set description = $2, updated_at = clock_timestamp() where id = $1 returning ${COLUMNS}`,
    [promptId, description],
  );
  return row as Prompt;
}

export async function setPromptStatus(
  queries: Queries,
  promptId: string,
  status: Prompt['status'],
): Promise<Prompt> {
  const [row] = await queries.query<Prompt>(
    `update prompts set status = $2, updated_at = clock_timestamp() where id = $1 returning ${COLUMNS}`,
    [promptId, status],
  );
  return row as Prompt;
}

/**
 * Keeps a team where it is, undeleted and in its organization, until the transaction ends. Teams come
 * before prompts in the order of locks.
 */
export async function holdTeam(queries: Queries, teamId: string): Promise<TeamOwner | undefined> {
  const [row] = await queries.query<TeamOwner>(
    'select org_id, id as team_id from teams where id = $1 for key share',
    [teamId],
  );
  return row;
}

/** @throws a unique violation if the team has the name or the slug already */
export async function setPromptTeam(queries: Queries, promptId: string, team: TeamOwner): Promise<Prompt> {
  const [row] = await queries.query<Prompt>(
    `update prompts set team_id = $2, org_id = $3, updated_at = clock_timestamp() where id = $1
     returning ${COLUMNS}`,
    [promptId, team.team_id, team.org_id],
  );
  return row as Prompt;
}

/** @returns the number of a prompt's next version, which is the transaction's own. Under the prompt's lock. */
export async function takeVersionNumber(queries: Queries, promptId: string): Promise<number> {
  const [row] = await queries.query<{ number: number }>(
    `update prompts set next_version = next_version + 1 where id = $1
     returning next_version - 1 as number`,
    [promptId],
  );
  return (row as { number: number }).number;
}
