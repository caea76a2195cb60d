import type { Queries } from '../database/database.js';
import { type Weighed, weighed } from '../http/heavy-pages.js';
import type { Slice } from '../http/paging.js';
import type { VersionReference } from './version-reference.js';
import type {
  NewVersion,
  Status,
  StoredVersion,
  TemplateVariable,
  VersionChange,
} from './version-schemas.js';

const COLUMNS = `id, prompt_id, version, template, status, missing, model, model_params, created_at, published_at, variables,
  array(select tag from version_tags
        where version_tags.prompt_id = versions.prompt_id and version_tags.version = versions.version
        order by tag collate "C") as tags`;

export async function insertVersion(
  queries: Queries,
  promptId: string,
  number: number,
  { template, model, model_params, missing }: NewVersion,
  variables: readonly TemplateVariable[],
): Promise<StoredVersion> {
  const [row] = await queries.query<StoredVersion>(
    // Not now(): of two versions, the one with the higher number was made later.
    `insert into versions (prompt_id, version, template, model, model_params, missing, variables, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp()) returning ${COLUMNS}`,
    [promptId, number, template, model ?? null, asJson(model_params), missing ?? 'error', asJson(variables)],
  );
  return row as StoredVersion;
}

/** Which versions of a prompt a list shows. */
export interface VersionFilter {
  readonly status: Status | undefined;
  /** Versions that carry one of them. */
  readonly tags: readonly string[] | undefined;
}

const NEWEST_FIRST = 'version desc';
/** What the large columns hold. The template's length is known without reading it. */
const BYTES = `octet_length(template) + coalesce(octet_length(model_params::text), 0)
  + coalesce(octet_length(variables::text), 0)`;

/** @returns newest first */
export function listVersions(
  queries: Queries,
  promptId: string,
  { status, tags }: VersionFilter,
  { limit, after }: Slice,
): Promise<Weighed<StoredVersion>[]> {
  const rows = `select * from versions
    where prompt_id = $1 and ($2::text is null or status = $2)
      and ($3::text[] is null or version in (
        select version from version_tags where prompt_id = $1 and tag = any($3)))
      and ($4::integer is null or version < $4)
    order by ${NEWEST_FIRST} limit $5`;
  return queries.query<Weighed<StoredVersion>>(
    `select ${COLUMNS}, is_beyond from ${weighed(rows, { bytes: BYTES, order: NEWEST_FIRST })} as versions
     where is_reached order by ${NEWEST_FIRST}`,
    [promptId, status ?? null, tags ?? null, after?.[0] ?? null, limit + 1],
  );
}

export async function findVersion(
  queries: Queries,
  promptId: string,
  reference: VersionReference,
): Promise<StoredVersion | undefined> {
  const [row] =
    'number' in reference
      ? await queries.query<StoredVersion>(
          `select ${COLUMNS} from versions where prompt_id = $1 and version = $2`,
          [promptId, reference.number],
        )
      : await queries.query<StoredVersion>(
          `select ${COLUMNS} from versions where prompt_id = $1 and version = (
             select version from version_tags where prompt_id = $1 and tag = $2)`,
          [promptId, reference.tag],
        );
  return row;
}

export async function findLiveVersion(
  queries: Queries,
  promptId: string,
): Promise<StoredVersion | undefined> {
  const [row] = await queries.query<StoredVersion>(
    `select ${COLUMNS} from versions where prompt_id = $1 and status = 'live'`,
    [promptId],
  );
  return row;
}

/** A version of a prompt; without a reference the live one. */
export interface WantedVersion {
  readonly promptId: string;
  readonly reference: VersionReference | undefined;
}

/** @returns what is found of these versions, side by side with them */
export async function findVersions(
  queries: Queries,
  wanted: readonly WantedVersion[],
): Promise<(StoredVersion | undefined)[]> {
  const rows = await queries.query<StoredVersion & { place: number }>(
    `select place::integer, ${COLUMNS}
     from unnest($1::uuid[], $2::integer[], $3::text[]) with ordinality as wanted (of_prompt, number, name, place)
     join versions on versions.prompt_id = of_prompt and versions.version = coalesce(
       number,
       case when name is null
         then (select live.version from versions as live where live.prompt_id = of_prompt and live.status = 'live')
         else (select tagged.version from version_tags as tagged
               where tagged.prompt_id = of_prompt and tagged.tag = name)
       end)`,
    [
      wanted.map(({ promptId }) => promptId),
      wanted.map(({ reference }) => (reference && 'number' in reference ? reference.number : null)),
      wanted.map(({ reference }) => (reference && 'tag' in reference ? reference.tag : null)),
    ],
  );
  const found = new Map(rows.map(({ place, ...version }) => [place, version]));
  return wanted.map((_, index) => found.get(index + 1));
}

/** @returns a new draft with the template and settings of another version of the same prompt */
export async function copyVersion(
  queries: Queries,
  versionId: string,
  number: number,
): Promise<StoredVersion> {
  const [row] = await queries.query<StoredVersion>(
    `insert into versions (prompt_id, version, template, model, model_params, missing, variables, created_at)
     select prompt_id, $2, template, model, model_params, missing, variables, clock_timestamp()
     from versions where id = $1 returning ${COLUMNS}`,
    [versionId, number],
  );
  return row as StoredVersion;
}

/** Deletes a version, and the tags that it carries. */
export async function deleteVersion(queries: Queries, versionId: string): Promise<void> {
  await queries.query('delete from versions where id = $1', [versionId]);
}

/**
 * @param variables what the new template reads, if it changes
 */
export async function updateVersion(
  queries: Queries,
  versionId: string,
  change: VersionChange,
  variables: readonly TemplateVariable[] | undefined,
): Promise<StoredVersion> {
  const [row] = await queries.query<StoredVersion>(
    `update versions set
       template = coalesce($2, template),
       missing = coalesce($3, missing),
       model = case when $4::boolean then $5 else model end,
       model_params = case when $6::boolean then $7::json else model_params end,
       variables = coalesce($8, variables)
     where id = $1 returning ${COLUMNS}`,
    [
      versionId,
      change.template ?? null,
      change.missing ?? null,
      change.model !== undefined,
      change.model ?? null,
      change.model_params !== undefined,
      asJson(change.model_params),
      asJson(variables),
    ],
  );
  return row as StoredVersion;
}

/** Makes whichever version of a prompt is live step down. */
export async function stepDownLive(queries: Queries, promptId: string): Promise<void> {
  await queries.query(`update versions set status = 'stable' where prompt_id = $1 and status = 'live'`, [
    promptId,
  ]);
}

/**
 * Sets a version's status, and with `live` the time of its going live.
 *
 * Under the prompt's lock, so that of two versions the one that went live later has the later time.
 */
export async function setStatus(queries: Queries, versionId: string, status: Status): Promise<StoredVersion> {
  const [row] = await queries.query<StoredVersion>(
    // Not now(): that is when the transaction began, which may have waited for the lock since.
    `update versions set status = $2,
       published_at = case when $2 = 'live' then clock_timestamp() else published_at end
     where id = $1 returning ${COLUMNS}`,
    [versionId, status],
  );
  return row as StoredVersion;
}

function asJson(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
