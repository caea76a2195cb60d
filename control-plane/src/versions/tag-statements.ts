import type { Queries } from '../database/database.js';
import type { Tag } from './version-schemas.js';

/** Puts a tag on a version, and takes it from whichever version of the prompt held it. */
export async function putTag(
  queries: Queries,
  promptId: string,
  tag: string,
  version: number,
): Promise<void> {
  await queries.query(
    `insert into version_tags (prompt_id, tag, version) values ($1, $2, $3)
     on conflict (prompt_id, tag) do update set version = excluded.version`,
    [promptId, tag, version],
  );
}

/** @returns a prompt's tags in alphabetical order */
export function listTags(queries: Queries, promptId: string): Promise<Tag[]> {
  return queries.query<Tag>(
    'select tag, version from version_tags where prompt_id = $1 order by tag collate "C"',
    [promptId],
  );
}

/** @returns whether there was one */
export async function deleteTag(queries: Queries, promptId: string, tag: string): Promise<boolean> {
  const rows = await queries.query(
    'delete from version_tags where prompt_id = $1 and tag = $2 returning tag',
    [promptId, tag],
  );
  return rows.length > 0;
}
