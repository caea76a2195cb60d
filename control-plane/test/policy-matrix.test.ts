import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join, newKey, newPerson, newPrompt, newTeam, newVersion, PASSWORD, type Person } from './cast.js';
import { type Call, type Client, documentedClient } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

/** Who calls, seen from the team that the things of each row belong to. */
const CALLERS = [
  'anonymous',
  'viewer',
  'editor',
  'team admin',
  'org admin',
  'member of another team',
  'org admin elsewhere',
  'read_render key',
  'all key',
  'admin key of all teams',
  'all key of another team',
  'admin key elsewhere',
  'revoked key',
] as const;
type CallerName = (typeof CALLERS)[number];

let server: RunningControlPlane;
let client: Client;
let orgAdmin: Person;
let team: string;
const tokens = new Map<CallerName, string | undefined>();

interface Target {
  readonly promptId: string;
  readonly slug: string;
  readonly keyId: string;
}

/** Fills a route's path and body for a fresh target. */
interface Row {
  readonly statuses: string;
  readonly path?: (target: Target) => string;
  readonly body?: (target: Target) => unknown;
  /** Brings version 1 into the state that the row is about. */
  readonly promotions?: number;
}

const onVersion = (rest: string) => (target: Target) => `/v1/prompts/${target.promptId}/versions/1${rest}`;
const prompts = (rest: string) => (target: Target) => `/v1/prompts/${target.promptId}${rest}`;
const newcomer = () => ({ email: `${randomUUID()}@example.com`, password: PASSWORD });

/**
 * Route, and the statuses for the callers above in their order. A route that the served document has
 * and this table lacks fails the test.
 */
// biome-ignore format: columns
const MATRIX: Record<string, Row[]> = {
  //                                                anon view edit tadm oadm memb oels rkey akey Akey okey fkey gone
  'GET /v1/health': [{                    statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200' }],
  'GET /v1/health/ready': [{              statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200' }],
  'POST /v1/auth/register': [{            statuses: '201  201  201  201  201  201  201  403  403  403  403  403  401', body: newcomer }],
  'GET /v1/auth/verify-email': [{         statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200', path: () => '/v1/auth/verify-email?email=a@example.com' }],
  'POST /v1/auth/verify-email': [{        statuses: '400  400  400  400  400  400  400  400  400  400  400  400  400', body: () => ({ email: 'a@example.com', code: '1' }) }],
  'POST /v1/auth/login': [{               statuses: '401  401  401  401  401  401  401  401  401  401  401  401  401', body: newcomer }],
  'DELETE /v1/auth/session': [{           statuses: '204  ---  ---  ---  ---  ---  ---  204  204  204  204  204  204' }],
  'GET /v1/auth/me': [{                   statuses: '401  200  200  200  200  200  200  403  403  403  403  403  401' }],
  'GET /v1/me/orgs': [{                   statuses: '401  200  200  200  200  200  200  403  403  403  403  403  401' }],
  'GET /v1/me/teams': [{                  statuses: '401  200  200  200  200  200  200  403  403  403  403  403  401' }],
  'POST /v1/api-keys': [
    {                                     statuses: '401  403  201  201  201  403  403  403  403  403  403  403  401', body: () => ({ name: 'k', org_id: orgAdmin.orgId, team_ids: [team], operation: 'all' }) },
    {                                     statuses: '401  403  403  403  201  403  403  403  403  403  403  403  401', body: () => ({ name: 'k', org_id: orgAdmin.orgId }) },
    {                                     statuses: '401  403  403  403  201  403  403  403  403  403  403  403  401', body: () => ({ name: 'k', org_id: orgAdmin.orgId, team_ids: [team], operation: 'admin' }) },
  ],
  'GET /v1/api-keys': [{                  statuses: '401  200  200  200  200  200  404  403  403  403  403  403  401', path: () => `/v1/api-keys?org_id=${orgAdmin.orgId}` }],
  'DELETE /v1/api-keys/{keyId}': [{       statuses: '401  403  403  403  204  403  404  403  403  403  403  403  401', path: ({ keyId }) => `/v1/api-keys/${keyId}` }],
  'POST /v1/teams/{teamId}/prompts': [{   statuses: '401  403  201  201  201  403  403  403  201  201  403  403  401', path: () => `/v1/teams/${team}/prompts`, body: () => ({ name: randomUUID() }) }],
  'GET /v1/teams/{teamId}/prompts': [{    statuses: '401  200  200  200  200  403  403  200  200  200  403  403  401', path: () => `/v1/teams/${team}/prompts` }],
  'GET /v1/prompts': [{                   statuses: '401  200  200  200  200  403  403  200  200  200  403  403  401', path: () => `/v1/prompts?team_id=${team}` }],
  'GET /v1/prompts/{reference}': [
    {                                     statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: prompts('?version=1') },
    {                                     statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: ({ slug }) => `/v1/prompts/${slug}` },
  ],
  'POST /v1/prompts/{promptId}/versions': [{ statuses: '401  403  201  201  201  404  404  403  201  201  404  404  401', path: prompts('/versions'), body: () => ({ template: 'x' }) }],
  'GET /v1/prompts/{promptId}/versions': [{ statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: prompts('/versions') }],
  'GET /v1/prompts/{promptId}/versions/{version}': [{ statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: onVersion('') }],
  'PUT /v1/prompts/{promptId}/versions/{version}': [{ statuses: '401  403  200  200  200  404  404  403  200  200  404  404  401', path: onVersion(''), body: () => ({ template: 'y' }) }],
  'POST /v1/prompts/{promptId}/versions/{version}/promote': [
    {                                     statuses: '401  403  200  200  200  404  404  403  200  200  404  404  401', path: onVersion('/promote') },
    {                                     statuses: '401  403  403  200  200  404  404  403  200  200  404  404  401', path: onVersion('/promote'), promotions: 1 },
    {                                     statuses: '401  403  422  422  422  404  404  403  422  422  404  404  401', path: onVersion('/promote'), promotions: 2 },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/demote': [
    {                                     statuses: '401  403  403  200  200  404  404  403  200  200  404  404  401', path: onVersion('/demote'), promotions: 2 },
    {                                     statuses: '401  403  403  422  422  404  404  403  422  422  404  404  401', path: onVersion('/demote') },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/tags': [{ statuses: '401  403  200  200  200  404  404  403  200  200  404  404  401', path: onVersion('/tags'), body: () => ({ tag: 'other' }) }],
  'GET /v1/prompts/{promptId}/tags': [{   statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: prompts('/tags') }],
  'DELETE /v1/prompts/{promptId}/tags/{tag}': [{ statuses: '401  403  204  204  204  404  404  403  204  204  404  404  401', path: prompts('/tags/tagged') }],
  'POST /v1/prompts/{reference}/render': [{ statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: ({ slug }) => `/v1/prompts/${slug}/render`, body: () => ({ missing: 'zero' }), promotions: 2 }],
  'POST /v1/prompts/{reference}/versions/{version}/render': [{ statuses: '401  200  200  200  200  404  404  200  200  200  404  404  401', path: onVersion('/render'), body: () => ({ missing: 'zero' }) }],
};

beforeAll(async () => {
  server = await startControlPlane();
  client = await documentedClient(server.url);
  orgAdmin = await newPerson(server, client);
  team = await newTeam(server, orgAdmin.orgId, 'Support');
  const otherTeam = await newTeam(server, orgAdmin.orgId, 'Sales');
  const member = async (teamId: string, role: 'admin' | 'editor' | 'viewer') => {
    const person = await newPerson(server, client);
    await join(server, person, teamId, role);
    return person.token;
  };
  const elsewhere = await newPerson(server, client);
  tokens.set('anonymous', undefined);
  tokens.set('viewer', await member(team, 'viewer'));
  tokens.set('editor', await member(team, 'editor'));
  tokens.set('team admin', await member(team, 'admin'));
  tokens.set('org admin', orgAdmin.token);
  tokens.set('member of another team', await member(otherTeam, 'admin'));
  tokens.set('org admin elsewhere', elsewhere.token);
  tokens.set('read_render key', await newKey(client, orgAdmin, 'read_render', [team]));
  tokens.set('all key', await newKey(client, orgAdmin, 'all', [team]));
  tokens.set('admin key of all teams', await newKey(client, orgAdmin, 'admin'));
  tokens.set('all key of another team', await newKey(client, orgAdmin, 'all', [otherTeam]));
  tokens.set('admin key elsewhere', await newKey(client, elsewhere, 'admin'));
  tokens.set('revoked key', await newKey(client, orgAdmin, 'all', [team]));
  await server.sql(`delete from api_keys where key_hash = sha256(convert_to($1, 'utf8'))`, [
    tokens.get('revoked key'),
  ]);
});
afterAll(() => server.close());

async function newTarget(promotions = 0): Promise<Target> {
  const { token } = orgAdmin;
  const { id, slug } = await newPrompt(client, { token, teamId: team });
  await newVersion(client, token, id);
  await client('POST', `/v1/prompts/${id}/versions/1/tags`, { token, body: { tag: 'tagged' } });
  for (let steps = 0; steps < promotions; steps += 1) {
    await client('POST', `/v1/prompts/${id}/versions/1/promote`, { token });
  }
  const { json } = await client('POST', '/v1/api-keys', {
    token,
    body: { name: 'target', org_id: orgAdmin.orgId, team_ids: [team] },
  });
  return { promptId: id, slug, keyId: json.id };
}

test('every route that is served has its rows', async () => {
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const served = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(Object.keys(MATRIX).sort()).toEqual(served.filter((route) => !route.startsWith('HEAD ')).sort());
});

const CASES = Object.entries(MATRIX).flatMap(([route, rows]) =>
  rows.map((row, index) => ({ route, row, name: rows.length > 1 ? `${route} (${index + 1})` : route })),
);

test.each(CASES)('$name answers each caller as it may', async ({ route, row }) => {
  const [method = '', template = ''] = route.split(' ');
  const expected = row.statuses.split(/ +/);
  expect(expected).toHaveLength(CALLERS.length);
  for (const [index, caller] of CALLERS.entries()) {
    if (expected[index] === '---') continue; // it would end the session that other rows need
    const target = await newTarget(row.promotions);
    const call: Call = { token: tokens.get(caller), ...(row.body && { body: row.body(target) }) };
    const { status, json } = await client(method, row.path?.(target) ?? template, call);
    expect({ caller, status }).toEqual({ caller, status: Number(expected[index]) });
    if (status === 404) expect(JSON.stringify(json)).not.toContain(target.promptId);
  }
});
