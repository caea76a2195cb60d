import type { Queries } from '../database/database.js';
import type { Reach } from '../http/caller.js';
import type { Owner } from '../http/policy.js';
import type { Prompt } from './prompt-schemas.js';

const COLUMNS = 'id, team_id, slug, name, description, status, created_at, updated_at';

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

/** @returns the prompts with a slug in the teams that somebody reaches */
export async function findPromptsBySlug(
  queries: Queries,
  slug: string,
  reach: Reach,
): Promise<OwnedPrompt[]> {
  // Two arms, so that each has its index.
  const rows = await queries.query<Row>(
    `select org_id, ${COLUMNS} from prompts where slug = $1 and org_id = any($2::uuid[])
     union
     select org_id, ${COLUMNS} from prompts where slug = $1 and team_id = any($3::uuid[])
     order by team_id`,
    [slug, reach.org_ids, reach.team_ids],
  );
  return rows.map(owned);
}

/** @returns a team's prompts by slug */
export function listPrompts(queries: Queries, teamId: string, status: Prompt['status']): Promise<Prompt[]> {
  return queries.query<Prompt>(
    `select ${COLUMNS} from prompts where team_id = $1 and status = $2 order by slug`,
    [teamId, status],
  );
}

/** Keeps other changes of a prompt's versions out until the transaction ends. */
export async function lockPrompt(queries: Queries, promptId: string): Promise<void> {
  await queries.query('select from prompts where id = $1 for no key update', [promptId]);
}

/** @returns the number of a prompt's next version, which is the transaction's own; undefined if the prompt is gone */
export async function takeVersionNumber(queries: Queries, promptId: string): Promise<number | undefined> {
  const [row] = await queries.query<{ number: number }>(
    `update prompts set next_version = next_version + 1 where id = $1
     returning next_version - 1 as number`,
    [promptId],
  );
  return row?.number;
}
