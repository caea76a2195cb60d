/** Rows of now for lists of document keys, and the keys of everything in pages. */

export interface KeyRow {
  readonly hash: string;
  readonly id: string;
  readonly org_id: string;
  readonly operation: 'read_render' | 'all' | 'admin';
  readonly all_teams: boolean;
  readonly team_ids: readonly string[];
}

/** $1 hashes in hex */
export const SELECT_KEYS = `
  select encode(k.key_hash, 'hex') as hash, k.id, k.org_id, k.operation, k.all_teams,
    array(select t.team_id::text from api_key_teams t where t.api_key_id = k.id order by t.team_id) as team_ids
  from api_keys k
  where k.key_hash in (select decode(hash, 'hex') from unnest($1::text[]) as hash)`;

export interface SlugRow {
  readonly org_id: string;
  readonly slug: string;
  readonly prompts: readonly { readonly team_id: string; readonly prompt_id: string }[];
}

/** $1 organizations, $2 slugs, side by side */
export const SELECT_SLUGS = `
  select p.org_id, p.slug,
    json_agg(json_build_object('team_id', p.team_id, 'prompt_id', p.id) order by p.team_id) as prompts
  from unnest($1::uuid[], $2::text[]) as wanted (org_id, slug)
  join prompts p on p.org_id = wanted.org_id and p.slug = wanted.slug
  group by p.org_id, p.slug`;

export interface PromptRow {
  readonly id: string;
  readonly org_id: string;
  readonly team_id: string;
  readonly slug: string;
  readonly live: number | null;
  readonly tags: Readonly<Record<string, number>>;
}

/** $1 prompt ids */
export const SELECT_PROMPTS = `
  select p.id, p.org_id, p.team_id, p.slug,
    (select v.version from versions v where v.prompt_id = p.id and v.status = 'live') as live,
    (select coalesce(json_object_agg(t.tag, t.version order by t.tag), '{}')
      from version_tags t where t.prompt_id = p.id) as tags
  from prompts p
  where p.id = any ($1::uuid[])`;

export interface VersionRow {
  readonly prompt_id: string;
  readonly version: number;
  readonly slug: string;
  readonly template: string;
  readonly missing: 'error' | 'default' | 'zero';
  readonly model: string | null;
  readonly model_params: Readonly<Record<string, unknown>> | null;
}

/** $1 prompt ids, $2 version numbers, side by side */
export const SELECT_VERSIONS = `
  select v.prompt_id, v.version, p.slug, v.template, v.missing, v.model, v.model_params
  from unnest($1::uuid[], $2::integer[]) as wanted (prompt_id, version)
  join versions v on v.prompt_id = wanted.prompt_id and v.version = wanted.version
  join prompts p on p.id = v.prompt_id`;

/** One row a key: $1 null or the last row's `after`, $2 the number of rows. */
export const KEY_PAGES = [
  `select 'key:' || encode(key_hash, 'hex') as key, json_build_array(encode(key_hash, 'hex')) as after
   from api_keys
   where $1::json is null or key_hash > decode($1::json ->> 0, 'hex')
   order by key_hash limit $2`,
  `select 'slug:' || org_id || ':' || slug as key, json_build_array(org_id, slug) as after
   from prompts
   where $1::json is null or (org_id, slug) > (($1::json ->> 0)::uuid, $1::json ->> 1)
   group by org_id, slug
   order by org_id, slug limit $2`,
  `select 'prompt:' || id as key, json_build_array(id) as after
   from prompts
   where $1::json is null or id > ($1::json ->> 0)::uuid
   order by id limit $2`,
  `select 'version:' || prompt_id || ':' || version as key, json_build_array(prompt_id, version) as after
   from versions
   where $1::json is null or (prompt_id, version) > (($1::json ->> 0)::uuid, ($1::json ->> 1)::integer)
   order by prompt_id, version limit $2`,
] as const;
