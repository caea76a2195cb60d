import { createHash } from 'node:crypto';
import { type PostgresServer, startPostgres } from '@px0/test-bed';
import pg from 'pg';
import { PROMPT } from '../prompt.js';
import type { StatementName } from './setup.js';

/** Rows of a service of modest size, so that indexes have some depth. */
const ROWS = { organizations: 100, teams: 500, keys: 2_000, prompts: 10_000, versionsOfEach: 5 } as const;

/** The least that the design which reads everything has to keep, with an index for each question. */
const TABLES = `
  create table api_keys (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    key_hash bytea not null unique
  );
  create table api_key_teams (
    key_id uuid not null references api_keys (id),
    team_id uuid not null,
    primary key (key_id, team_id)
  );
  create table prompts (
    id uuid primary key default gen_random_uuid(),
    org_id uuid not null,
    team_id uuid not null,
    slug text not null,
    live_version integer not null,
    unique (org_id, slug, team_id)
  );
  create table versions (
    prompt_id uuid not null references prompts (id),
    version integer not null,
    template text not null,
    tags text[] not null,
    model text not null,
    model_params json not null,
    primary key (prompt_id, version)
  );`;

/** Others' rows: $1 to $5 as in {@link ROWS}, $6 the template. */
const OTHERS = `
  with organizations as (
    select n, gen_random_uuid() as id from generate_series(0, $1::int - 1) n
  ), teams as (
    select i as n, gen_random_uuid() as id, o.id as org_id
    from generate_series(0, $2::int - 1) i join organizations o on o.n = mod(i, $1::int)
  ), keys as (
    insert into api_keys (org_id, key_hash)
    select o.id, sha256(convert_to(k::text, 'UTF8'))
    from generate_series(1, $3::int) k join organizations o on o.n = mod(k, $1::int)
    returning id, org_id
  ), reach as (
    insert into api_key_teams (key_id, team_id)
    select k.id, t.id from keys k join teams t on t.org_id = k.org_id
  ), own_prompts as (
    insert into prompts (org_id, team_id, slug, live_version)
    select t.org_id, t.id, 'prompt_' || p.p, 1
    from generate_series(1, $4::int) as p (p) join teams t on t.n = mod(p.p, $2::int)
    returning id
  )
  insert into versions (prompt_id, version, template, tags, model, model_params)
  select p.id, v, $6, '{}', 'some/model', '{}' from own_prompts p, generate_series(1, $5::int) v`;

/** The rows that are asked for. $1: hash of the key, $2 to $7: the prompt. */
const OWN = `
  with key as (
    insert into api_keys (org_id, key_hash)
    select org_id, $1::bytea from prompts limit 1
    returning id, org_id
  ), reach as (
    insert into api_key_teams (key_id, team_id)
    select distinct key.id, prompts.team_id from key join prompts using (org_id)
    returning team_id
  ), prompt as (
    insert into prompts (org_id, team_id, slug, live_version)
    select key.org_id, reach.team_id, $2, $3::int from key, reach limit 1
    returning id
  )
  insert into versions (prompt_id, version, template, tags, model, model_params)
  select id, $3::int, $4, $5::text[], $6, $7::json from prompt`;

/** What is asked for each request. */
export const STATEMENTS: Readonly<Record<StatementName, string>> = {
  key: 'select id, org_id from api_keys where key_hash = $1',
  teams: 'select team_id from api_key_teams where key_id = $1',
  prompt:
    'select id, live_version from prompts where org_id = $1 and slug = $2 and team_id = any($3::uuid[])',
  version:
    'select version, template, tags, model, model_params from versions where prompt_id = $1 and version = $2',
};

export interface BenchDatabase extends PostgresServer {
  readonly version: string;
}

/** Starts a Postgres with the prompt in it, the key that may render it, and many others. */
export async function startDatabase(key: string): Promise<BenchDatabase> {
  const postgres = await startPostgres();
  try {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const version = await fill(client, key).finally(() => client.end());
    return { ...postgres, version };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** @returns the version of Postgres */
async function fill(client: pg.Client, key: string): Promise<string> {
  await client.query(TABLES);
  const { slug, version, template, tags, model, model_params } = PROMPT;
  await client.query(OTHERS, [...Object.values(ROWS), template]);
  const hash = createHash('sha256').update(key).digest();
  await client.query(OWN, [hash, slug, version, template, tags, model, JSON.stringify(model_params)]);
  await client.query('vacuum analyze');
  const { rows } = await client.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? 'of unknown version';
}
