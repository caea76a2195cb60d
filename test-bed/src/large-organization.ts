import { createHash, randomBytes } from 'node:crypto';
import { createApiKey } from '@px0/contract';
import pg from 'pg';
import { until } from './api-client.js';
import { FILL_ORGANIZATION } from './large-organization-statements.js';

export interface LargeOrganizationSize {
  readonly promptsOfLargestTeam: number;
  readonly otherTeams: number;
  readonly promptsOfOtherTeam: number;
  /** The newest is a draft, the one before it is live. */
  readonly versionsOfPrompt: number;
  /** All are members of the largest team and of one other. */
  readonly members: number;
  readonly keys: number;
  readonly auditEntries: number;
  /** Most of them pending; each of a neighbour, so that there cannot be more than neighbours. */
  readonly joinRequests: number;
  /** Other organizations, each with a team, a member, a key, a prompt, and one who asks to join. */
  readonly neighbours: number;
}

/** 10,000 prompts with 20 versions each. */
export const LARGEST_ORGANIZATION: LargeOrganizationSize = {
  promptsOfLargestTeam: 5_000,
  otherTeams: 10,
  promptsOfOtherTeam: 500,
  versionsOfPrompt: 20,
  members: 1_000,
  keys: 200,
  auditEntries: 50_000,
  joinRequests: 1_000,
  neighbours: 2_000,
};

/** What calls to a seeded organization need to know of it. */
export interface LargeOrganization {
  readonly orgId: string;
  /** The largest one. */
  readonly teamId: string;
  /** A prompt of it, with 100 payloads, one of which is `payloadId`. */
  readonly promptId: string;
  /** No other prompt of the organization has it. */
  readonly slug: string;
  /** A prompt of every team has it. */
  readonly commonSlug: string;
  readonly payloadId: string;
  /** Of the live version of each prompt. */
  readonly tag: string;
  readonly versionsOfPrompt: number;
  /** Who made many of the changes that the audit log tells of. */
  readonly actorId: string;
  readonly tokens: {
    readonly orgAdmin: string;
    /** A viewer in every team. */
    readonly viewer: string;
    /** A key of every team, that may read and render. */
    readonly key: string;
  };
  /** The version of Postgres, and what there is in it, the neighbours' things included. */
  readonly database: { readonly postgres: string; readonly prompts: number; readonly versions: number };
}

/**
 * Fills the database of a running control plane by SQL, with triggers off: nothing of it is in the
 * audit log but what is made up for it, and nothing of it is published.
 */
export async function seedLargeOrganization(
  databaseUrl: string,
  size: LargeOrganizationSize = LARGEST_ORGANIZATION,
): Promise<LargeOrganization> {
  const tokens = { orgAdmin: newSession(), viewer: newSession(), key: createApiKey() };
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // A publisher that begins with a full database compiles and publishes all of it.
    await until('the empty database is published', async () => {
      const { rowCount } = await client.query('select from publisher_state where epoch is not null');
      return rowCount === 0 ? undefined : true;
    });
    await client.query('set session_replication_role = replica');
    await client.query('begin');
    for (const [name, value] of Object.entries({ ...size, ...hashes(tokens) })) {
      await client.query(`select set_config('large.' || $1, $2, true)`, [name, String(value)]);
    }
    await client.query(FILL_ORGANIZATION);
    const known = await client.query<Omit<LargeOrganization, 'tokens' | 'versionsOfPrompt' | 'database'>>(
      'select * from pg_temp.large_organization',
    );
    await client.query('commit');
    await client.query('vacuum analyze');
    const database = await client.query<LargeOrganization['database']>(
      `select current_setting('server_version') as postgres,
         (select count(*) from prompts)::int as prompts, (select count(*) from versions)::int as versions`,
    );
    const [found, counted] = [known.rows[0], database.rows[0]];
    if (found === undefined || counted === undefined) throw new Error('nothing was seeded');
    return { ...found, versionsOfPrompt: size.versionsOfPrompt, tokens, database: counted };
  } finally {
    await client.end();
  }
}

function newSession(): string {
  return `sess_${randomBytes(32).toString('base64url')}`;
}

function hashes(tokens: LargeOrganization['tokens']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([name, token]) => [name, createHash('sha256').update(token).digest('hex')]),
  );
}
