import { randomBytes } from 'node:crypto';
import type { Client } from '../documented-client.js';
import { type Cast, newCast, newTarget } from '../policy/callers.js';
import type { RunningControlPlane } from '../running-control-plane.js';

/** What in a request can name something of a tenant. */
export const KINDS = [
  'org',
  'team',
  'user',
  'key',
  'prompt',
  'slug',
  'tag',
  'payload',
  'join request',
  'email',
  'word',
] as const;
export type Kind = (typeof KINDS)[number];

/** An organization with everything in it, and what others could know it by. */
export interface Tenant {
  readonly cast: Cast;
  readonly orgIds: readonly string[];
  readonly known: Readonly<Record<Kind, readonly string[]>>;
}

const PROMPTS = 3;

export async function newTenant(server: RunningControlPlane, client: Client): Promise<Tenant> {
  const cast = await newCast(server);
  const token = cast.tokens['org admin'] ?? '';
  const make = async (path: string, body: unknown) => {
    const { status, json } = await client('POST', path, { token, body });
    if (status >= 300) throw new Error(`POST ${path} answers ${status} ${JSON.stringify(json)}`);
    return json;
  };
  for (const id of [cast.teamId, cast.otherTeamId]) {
    await client('PUT', `/v1/teams/${id}`, { token, body: { name: `Team ${word()}` } });
  }
  await make(`/v1/orgs/${cast.orgId}/teams`, { name: `Team ${word()}` });
  for (let count = 0; count < PROMPTS; count += 1) {
    const teamId = count === 0 ? cast.otherTeamId : cast.teamId;
    const name = `Prompt ${word()}`;
    const slug = `slug_${word()}`;
    const { prompt } = await make(`/v1/teams/${teamId}/prompts`, { name, slug, description: word() });
    const at = `/v1/prompts/${prompt.id}`;
    for (const number of [1, 2]) {
      const template = `Say ${word()} to {{.name_${word()}}}`;
      await make(`${at}/versions`, { template, model: `model-${word()}`, model_params: { stop: word() } });
      await make(`${at}/versions/${number}/tags`, { tag: `tag-${word()}` });
    }
    await make(`${at}/versions/1/promote`, undefined);
    await make(`${at}/versions/1/promote`, undefined);
    await make(`${at}/payloads`, { name: `Payload ${word()}`, variables: { name: word() } });
  }
  await make('/v1/api-keys', { name: `Key ${word()}`, org_id: cast.orgId });
  const target = await newTarget(server, client, cast);
  await client('PUT', `/v1/teams/${target.teamId}`, { token, body: { name: `Team ${word()}` } });
  const orgIds = [cast.orgId, cast.orgIdElsewhere];
  return { cast, orgIds, known: await knownOf(server, orgIds) };
}

/** A word that is nowhere else. */
export function word(): string {
  // A letter first: a tag of decimal digits alone is none.
  return `e${randomBytes(8).toString('hex').slice(1)}`;
}

/** Every row that belongs to an organization, by table; $1 are the organizations. */
const ROWS: Readonly<Record<string, string>> = {
  organizations: 'select * from organizations where id = any($1)',
  teams: 'select * from teams where org_id = any($1)',
  team_members:
    'select team_members.* from team_members join teams on teams.id = team_id where org_id = any($1)',
  users: `select * from users where id in (
    select user_id from team_members join teams on teams.id = team_id where org_id = any($1))`,
  api_keys: 'select * from api_keys where org_id = any($1)',
  api_key_teams:
    'select api_key_teams.* from api_key_teams join api_keys on api_keys.id = api_key_id where org_id = any($1)',
  prompts: 'select * from prompts where org_id = any($1)',
  versions: 'select versions.* from versions join prompts on prompts.id = prompt_id where org_id = any($1)',
  version_tags:
    'select version_tags.* from version_tags join prompts on prompts.id = prompt_id where org_id = any($1)',
  payloads: 'select payloads.* from payloads join prompts on prompts.id = prompt_id where org_id = any($1)',
  // Anybody may ask to join.
  join_requests:
    'select join_requests.* from join_requests join teams on teams.id = team_id where org_id = any($1)',
};

type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** @returns all rows of organizations, by table, in a stable order */
export async function rowsOf(server: RunningControlPlane, orgIds: readonly string[]): Promise<Rows> {
  const tables = Object.entries(ROWS).map(async ([table, select]) => {
    const rows = await server.sql<{ row: Record<string, unknown> }>(
      `select to_jsonb(found) as row from (${select}) as found order by 1`,
      [orgIds],
    );
    return [table, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(tables));
}

async function knownOf(server: RunningControlPlane, orgIds: readonly string[]): Promise<Tenant['known']> {
  const rows = await rowsOf(server, orgIds);
  const column = (table: string, name: string) => (rows[table] ?? []).map((row) => String(row[name]));
  return {
    org: column('organizations', 'id'),
    team: column('teams', 'id'),
    user: column('users', 'id'),
    key: column('api_keys', 'id'),
    prompt: column('prompts', 'id'),
    slug: column('prompts', 'slug'),
    // `tagged` is in every tenant.
    tag: column('version_tags', 'tag').filter((tag) => tag !== 'tagged'),
    payload: column('payloads', 'id'),
    'join request': column('join_requests', 'id'),
    email: column('users', 'email'),
    word: [...column('prompts', 'description').filter(Boolean), ...column('versions', 'model')],
  };
}

/**
 * @returns every text that the tenant has and the other has not, in lower case: ids, names, addresses,
 * templates, hashes, and the random parts of them alone
 */
export async function textsOf(
  server: RunningControlPlane,
  tenant: Tenant,
  other: Tenant,
): Promise<readonly string[]> {
  const texts = leavesOf(await rowsOf(server, tenant.orgIds));
  for (const shared of leavesOf(await rowsOf(server, other.orgIds))) texts.delete(shared);
  return [...texts];
}

const TIME = /^\d{4}-\d\d-\d\dT/;
const RANDOM_PART = /[0-9a-f]{12,}/g;

function leavesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') {
    const text = value.toLowerCase();
    if (text.length >= 8 && !TIME.test(value)) found.add(text);
    for (const [part] of text.matchAll(RANDOM_PART)) found.add(part);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      leavesOf(name, found);
      leavesOf(part, found);
    }
  }
  return found;
}
