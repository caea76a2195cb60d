import { readdir } from 'node:fs/promises';
import { type LargeOrganization, readsOf, routeKey, seedLargeOrganization } from '@px0/test-bed';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiDocument, type Route, routesOf } from '#http/api-document.js';
import { type Client, documentedClient } from './documented-client.js';
import { CALLERS, type CallerName, type Cast, newCast, newTarget } from './policy/callers.js';
import type { Row, Rows } from './policy/row.js';
import { recordStatements, type Statement } from './recorded-statements.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

/**
 * Large enough for Postgres to prefer an index wherever there is one. There are many people, and few
 * of them in the organization: to join all people of a team with more than a percent of all users, it
 * is quicker to read the users from end to end.
 */
const SIZE = {
  promptsOfLargestTeam: 1_000,
  otherTeams: 12,
  promptsOfOtherTeam: 400,
  versionsOfPrompt: 4,
  members: 50,
  keys: 600,
  auditEntries: 10_000,
  joinRequests: 1_000,
  neighbours: 20_000,
};

/** Whose rows grow with what a tenant has. */
const LARGE_TABLES = new Set([
  'users',
  'sessions',
  'organizations',
  'teams',
  'team_members',
  'api_keys',
  'api_key_teams',
  'prompts',
  'versions',
  'version_tags',
  'payloads',
  'join_requests',
  'audit_log',
]);

/** Who is calling included; a transaction's own beginning and end are not. */
const MOST_STATEMENTS_OF_READ = 6;

const during = recordStatements();
let server: RunningControlPlane;
let client: Client;
let routes: readonly Route[];
let organization: LargeOrganization;
let cast: Cast;
let explainer: pg.Client;
const explained = new Set<string>();

beforeAll(async () => {
  server = await startControlPlane({ LOG_LEVEL: 'error' });
  client = await documentedClient(server.url);
  routes = routesOf((await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument);
  organization = await seedLargeOrganization(server.databaseUrl, SIZE);
  cast = await newCast(server);
  explainer = new pg.Client({ connectionString: server.databaseUrl });
  await explainer.connect();
}, 120_000);
afterAll(async () => {
  await explainer.end();
  await server.close();
  process.stdout.write(`${explained.size} distinct statements explained\n`);
});

test('a statement that no index serves is seen', async () => {
  const whole = { text: 'select from prompts where description = $1', values: ['Greets'] };
  const inOrder = { text: 'select from users order by lower(email) limit 10', values: [] };
  const served = {
    text: 'select from prompts where org_id = $1 and slug = $2',
    values: [organization.orgId, 'greeting'],
  };
  expect(await scansOf('this', [whole, inOrder, served])).toEqual([
    `this: Seq Scan of prompts in ${whole.text}`,
    `this: Index Scan of users in ${inOrder.text}`,
  ]);
});

test('every read of a large organization is served by indexes, in a few statements', {
  timeout: 60_000,
}, async () => {
  const reads = readsOf(organization);
  const served = routes.filter(({ method }) => method === 'GET');
  expect(served.map(({ path }) => routeKey(path)).filter((route) => !reads.has(route))).toEqual([]);
  const found: string[] = [];
  for (const { what, path, token, status = 200 } of served.flatMap(
    (route) => reads.get(routeKey(route.path)) ?? [],
  )) {
    const { result, statements } = await during(() => client('GET', path, { token }));
    expect([what, result.status]).toEqual([what, status]);
    const count = statements.filter((statement) => !isFrame(statement)).length;
    if (count > MOST_STATEMENTS_OF_READ) found.push(`${what}: ${count} statements`);
    found.push(...(await scansOf(what, statements)));
  }
  expect(found).toEqual([]);
});

test('the next page is served by indexes as the first one is', { timeout: 60_000 }, async () => {
  const found: string[] = [];
  for (const { what, path, token } of [...readsOf(organization).values()].flat()) {
    const to = (more: string) => `${path}${path.includes('?') ? '&' : '?'}${more}`;
    const { json } = await client('GET', to('limit=1'), { token });
    if (typeof json?.next_cursor !== 'string') continue;
    const next = to(`limit=50&cursor=${encodeURIComponent(json.next_cursor)}`);
    const { statements } = await during(() => client('GET', next, { token }));
    found.push(...(await scansOf(`${what}, next page`, statements)));
  }
  expect(found).toEqual([]);
});

test('a list of 250 takes as many statements as a list of one', { timeout: 60_000 }, async () => {
  const reads = readsOf(organization);
  const lists = routes.filter(
    ({ method, operation }) => method === 'GET' && operation.parameters?.some(({ name }) => name === 'limit'),
  );
  expect(lists.length).toBeGreaterThan(0);
  for (const route of lists) {
    const [read] = reads.get(routeKey(route.path)) ?? [];
    if (read === undefined) throw new Error(`nobody knows how to read ${route.path}`);
    const counts: number[] = [];
    for (const limit of [1, 250]) {
      // Nobody reads more than 200 entries of the audit log, or 100 people.
      const most = route.path.endsWith('/audit-log') ? Math.min(limit, 200) : limit;
      const path = `${read.path}${read.path.includes('?') ? '&' : '?'}limit=${most}`;
      const { result, statements } = await during(() => client('GET', path, { token: read.token }));
      expect([path, result.status]).toEqual([path, 200]);
      counts.push(statements.length);
    }
    expect([route.name, counts[1]]).toEqual([route.name, counts[0]]);
  }
});

test('every other route finds its rows by indexes', { timeout: 120_000 }, async () => {
  const matrix = await allRows();
  const others = routes.filter(({ method }) => method !== 'GET');
  expect(others.map(({ name }) => name).filter((name) => matrix[name] === undefined)).toEqual([]);
  const found: string[] = [];
  for (const { name } of others) {
    for (const row of matrix[name] ?? []) {
      found.push(...(await scansOf(name, await statementsOf(name, row))));
    }
  }
  expect(found).toEqual([]);
});

test('what refers to a row that may be deleted is found by an index', async () => {
  // A foreign key is followed backwards when a row that it points to is deleted.
  const unindexed = await server.sql(
    `select conrelid::regclass::text as table, conname as key from pg_constraint
     where contype = 'f' and not exists (
       select from pg_index
       where indrelid = conrelid and indpred is null and indkey[0] = any (conkey))`,
  );
  expect(unindexed).toEqual([]);
});

/** Calls the route as somebody who gets furthest. */
async function statementsOf(name: string, row: Row): Promise<readonly Statement[]> {
  const [method = '', template = ''] = name.split(' ');
  const statuses = row.statuses.split(/ +/);
  const found = ['2', '422', '409', '404', '400', '4'].map((start) =>
    statuses.findIndex((status) => status.startsWith(start)),
  );
  const caller = CALLERS[found.find((index) => index >= 0) ?? 0] as CallerName;
  const own = row.spoils ? await newCast(server) : cast;
  const target = await newTarget(server, client, own, row.promotions);
  const scene = { ...target, cast: own, caller };
  const { result, statements } = await during(() =>
    client(method, row.path?.(scene) ?? template, {
      token: own.tokens[caller],
      ...(row.body && { body: row.body(scene) }),
    }),
  );
  expect([name, caller, String(result.status)]).toEqual([name, caller, statuses[CALLERS.indexOf(caller)]]);
  return statements;
}

async function allRows(): Promise<Rows> {
  const folder = new URL('./policy/rows/', import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
  const modules = await Promise.all(
    files.map((file) => import(new URL(file, folder).href) as Promise<Record<string, Rows>>),
  );
  return Object.assign({}, ...modules.flatMap((module) => Object.values(module))) as Rows;
}

function isFrame({ text }: Statement): boolean {
  return /^\s*(begin|commit|rollback|select set_config)/.test(text);
}

/** @returns what Postgres reads without an index, a line for each */
async function scansOf(what: string, statements: readonly Statement[]): Promise<string[]> {
  const found: string[] = [];
  for (const statement of statements) {
    if (!/^\s*(select|insert|update|delete|with)\b/.test(statement.text)) continue;
    explained.add(statement.text);
    const { rows } = await explainer.query(`explain (format json) ${statement.text}`, [...statement.values]);
    const [{ Plan: plan }] = rows[0]['QUERY PLAN'] as [{ Plan: PlanNode }];
    for (const scan of scansIn(plan))
      found.push(`${what}: ${scan} in ${statement.text.replace(/\s+/g, ' ')}`);
  }
  return found;
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** A whole index is as much to read as a whole table. */
function scansIn(plan: PlanNode): string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Cond': condition, Plans = [] } = plan;
  const isWhole = type === 'Seq Scan' || (/^Index (Only )?Scan/.test(type) && condition === undefined);
  const own = table !== undefined && LARGE_TABLES.has(table) && isWhole ? [`${type} of ${table}`] : [];
  return [...own, ...Plans.flatMap(scansIn)];
}
