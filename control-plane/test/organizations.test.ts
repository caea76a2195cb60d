import { describe, expect, test } from 'vitest';
import { startWithTenant } from './control-plane-of-file.js';
import type { Answer } from './documented-client.js';
import {
  createKey,
  createTeam,
  newMember,
  newTenant,
  refused,
  rolesIn,
  type Somebody,
  somebody,
} from './membership-scene.js';

const { server, client, tenant } = await startWithTenant();
const stranger = await somebody(server);

const NOT_FOUND = refused(404, 'organization not found');
const FORBIDDEN = refused(403, 'forbidden');
const BAD_NAMES: [object, string][] = [
  [{}, 'name is required'],
  [{ name: '' }, 'name is required'],
  [{ name: ' \t' }, 'name is required'],
  [{ name: null }, 'name is required'],
  [{ name: 7 }, 'invalid request body'],
  [{ name: 'n'.repeat(256) }, 'invalid request body'],
  [{ name: 'a\u0000b' }, 'invalid request body'],
  [[], 'invalid request body'],
];

describe('founding an organization', () => {
  const found = (token: string | undefined, body: unknown) => client('POST', '/v1/orgs', { token, body });

  test('makes its founder the admin of its Default Team', async () => {
    const founder = await somebody(server, { isAdmin: true });
    const { status, json } = await found(founder.token, { name: 'Acme' });
    expect(status).toBe(201);
    expect(json).toEqual({ org: { id: expect.any(String), name: 'Acme', created_at: expect.any(String) } });
    const mine = await client('GET', '/v1/me/orgs', { token: founder.token });
    expect(mine.json).toEqual({
      organizations: [{ ...json.org, role: 'ADMIN' }],
      next_cursor: null,
    });
    const { json: teams } = await client('GET', '/v1/me/teams', { token: founder.token });
    expect(teams.teams).toMatchObject([{ org_id: json.org.id, name: 'Default Team' }]);
    expect(await rolesIn(server, teams.teams[0].id)).toEqual({ [founder.id]: 'admin' });
  });

  test('is for is_admin users', async () => {
    expect(await found(undefined, { name: 'Acme' })).toMatchObject(refused(401, 'unauthorized'));
    expect(await found(stranger.token, { name: 'Acme' })).toMatchObject(FORBIDDEN);
    expect(await found(await createKey(client, tenant, 'admin'), { name: 'Acme' })).toMatchObject(FORBIDDEN);
  });

  test.each(BAD_NAMES)('refuses %j', async (body, error) => {
    expect(await found(tenant.admin.token, body)).toMatchObject(refused(400, error));
  });
});

describe('renaming an organization', () => {
  const rename = (token: string | undefined, orgId: string, body: unknown = { name: 'Emca' }) =>
    client('PUT', `/v1/orgs/${orgId}`, { token, body });

  test('is for its org admins', async () => {
    const { admin, orgId, defaultTeamId } = await newTenant(server, client);
    const answer = await rename(admin.token, orgId.toUpperCase());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ org: { id: orgId, name: 'Emca', created_at: expect.any(String) } });
    const editor = await newMember(server, defaultTeamId, 'editor');
    expect(await rename(editor.token, orgId)).toMatchObject(FORBIDDEN);
    expect(await rename(undefined, orgId)).toMatchObject(refused(401, 'unauthorized'));
    expect(await rename(await createKey(client, tenant, 'admin'), tenant.orgId)).toMatchObject(FORBIDDEN);
  });

  test('tells strangers nothing', async () => {
    expect(await rename(stranger.token, tenant.orgId)).toMatchObject(NOT_FOUND);
    expect(await rename(stranger.token, crypto.randomUUID())).toMatchObject(NOT_FOUND);
    expect(await rename(stranger.token, 'junk')).toMatchObject(refused(400, 'invalid id'));
  });

  test.each(BAD_NAMES)('refuses %j', async (body, error) => {
    expect(await rename(tenant.admin.token, tenant.orgId, body)).toMatchObject(refused(400, error));
  });
});

describe('deleting an organization', () => {
  const remove = (token: string | undefined, orgId: string) =>
    client('DELETE', `/v1/orgs/${orgId}`, { token });

  test('takes all of it along, and nothing of others', async () => {
    const gone = await newTenant(server, client);
    const teamId = await createTeam(client, gone, 'Support');
    const key = await createKey(client, gone, 'all');
    const { json } = await client('POST', `/v1/teams/${teamId}/prompts`, {
      token: gone.admin.token,
      body: { name: 'Greeting' },
    });
    await client('POST', `/v1/prompts/${json.prompt.id}/versions`, {
      token: gone.admin.token,
      body: { template: 'hello' },
    });
    await client('POST', `/v1/teams/${teamId}/join-requests`, { token: stranger.token });
    expect(await remove(gone.admin.token, gone.orgId)).toMatchObject({ status: 204, json: undefined });
    for (const table of ['teams', 'prompts', 'api_keys']) {
      expect(await server.sql(`select from ${table} where org_id = $1`, [gone.orgId])).toEqual([]);
    }
    expect(await server.sql('select from team_members where user_id = $1', [gone.admin.id])).toEqual([]);
    expect(await server.sql('select from join_requests where team_id = $1', [teamId])).toEqual([]);
    expect(await server.sql('select from versions where prompt_id = $1', [json.prompt.id])).toEqual([]);
    expect(await client('GET', '/v1/prompts', { token: key })).toMatchObject(refused(401, 'unauthorized'));
    expect(await remove(gone.admin.token, gone.orgId)).toMatchObject(NOT_FOUND);
    expect(
      await client('GET', `/v1/orgs/${tenant.orgId}/teams`, { token: tenant.admin.token }),
    ).toMatchObject({ status: 200 });
  });

  test('is for its org admins', async () => {
    const teamId = await createTeam(client, tenant, 'Deleters');
    const teamAdmin = await newMember(server, teamId, 'admin');
    expect(await remove(teamAdmin.token, tenant.orgId)).toMatchObject(FORBIDDEN);
    expect(await remove(undefined, tenant.orgId)).toMatchObject(refused(401, 'unauthorized'));
    expect(await remove(await createKey(client, tenant, 'admin'), tenant.orgId)).toMatchObject(FORBIDDEN);
    expect(await remove(stranger.token, tenant.orgId)).toMatchObject(NOT_FOUND);
    expect(await remove(stranger.token, 'junk')).toMatchObject(refused(400, 'invalid id'));
  });
});

describe('the people of an organization', () => {
  const people = (token: string | undefined, orgId: string, query = '') =>
    client('GET', `/v1/orgs/${orgId}/people${query}`, { token });

  test('are listed page by page, by address, each once', async () => {
    const crowd = await newTenant(server, client);
    const sales = await createTeam(client, crowd, 'Sales');
    const emails = ['b', 'A', 'c', 'E', 'd'].map((letter) => `${letter}-${crypto.randomUUID()}@example.com`);
    for (const email of emails) {
      const { id } = await somebody(server, { email });
      for (const teamId of [crowd.defaultTeamId, sales]) {
        await server.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'viewer')`, [
          teamId,
          id,
        ]);
      }
    }
    const sorted = [...emails, crowd.admin.email].sort((one, other) =>
      one.toLowerCase() < other.toLowerCase() ? -1 : 1,
    );
    const all = await people(crowd.admin.token, crowd.orgId);
    expect(all).toMatchObject({ status: 200, json: { page: 1, limit: 10, total: 6 } });
    expect(all.json.people.map(({ email }: Somebody) => email)).toEqual(sorted);
    expect(all.json.people[0]).toEqual({
      id: expect.any(String),
      email: sorted[0],
      is_verified: true,
      is_admin: false,
      created_at: expect.any(String),
    });
    const second = await people(crowd.admin.token, crowd.orgId, '?page=2&limit=4');
    expect(second.json).toMatchObject({ page: 2, limit: 4, total: 6 });
    expect(second.json.people.map(({ email }: Somebody) => email)).toEqual(sorted.slice(4));
    const beyond = await people(crowd.admin.token, crowd.orgId, '?page=99');
    expect(beyond.json).toEqual({ people: [], page: 99, limit: 10, total: 6 });
  });

  test('are shown 100 at a time at most, from page 1', async () => {
    const at = (query: string) => people(tenant.admin.token, tenant.orgId, query);
    expect((await at('?page=0&limit=101')).json).toMatchObject({ page: 1, limit: 100 });
    expect((await at('?page=-3&limit=0')).json).toMatchObject({ page: 1, limit: 1 });
    expect((await at('?page=999999999&limit=100')).json).toMatchObject({ people: [] });
    expect(await at('?page=one')).toMatchObject(refused(400, 'invalid query parameter page'));
    expect(await at('?limit=1.5')).toMatchObject(refused(400, 'invalid query parameter limit'));
  });

  test('are known to one another, and to keys that manage them', async () => {
    const viewer = await newMember(server, tenant.defaultTeamId, 'viewer');
    expect(await people(viewer.token, tenant.orgId)).toMatchObject({ status: 200 });
    const adminKey = await createKey(client, tenant, 'admin');
    expect(await people(adminKey, tenant.orgId)).toMatchObject({ status: 200 });
    expect(await people(await createKey(client, tenant, 'all'), tenant.orgId)).toMatchObject(FORBIDDEN);
    const limited = await createKey(client, tenant, 'admin', [tenant.defaultTeamId]);
    expect(await people(limited, tenant.orgId)).toMatchObject(FORBIDDEN);
    expect(await people(stranger.token, tenant.orgId)).toMatchObject(NOT_FOUND);
    expect(await people(stranger.token, 'junk')).toMatchObject(refused(400, 'invalid id'));
    expect(await people(undefined, tenant.orgId)).toMatchObject(refused(401, 'unauthorized'));
  });
});

describe('taking a person out of an organization', () => {
  const takeOut = (token: string | undefined, orgId: string, userId: string) =>
    client('DELETE', `/v1/orgs/${orgId}/members/${userId}`, { token });
  const UNKNOWN = refused(404, 'user not found');

  test('takes them out of all its teams, and out of no other', async () => {
    const sales = await createTeam(client, tenant, 'Takers');
    const person = await newMember(server, sales, 'editor');
    await client('POST', `/v1/teams/${tenant.defaultTeamId}/members`, {
      token: tenant.admin.token,
      body: { user_id: person.id },
    });
    const elsewhere = await newTenant(server, client);
    await server.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'viewer')`, [
      elsewhere.defaultTeamId,
      person.id,
    ]);
    const { json: made } = await client('POST', '/v1/api-keys', {
      token: person.token,
      body: { name: 'theirs', org_id: tenant.orgId, team_ids: [sales] },
    });
    expect(await takeOut(tenant.admin.token, tenant.orgId, person.id)).toMatchObject({ status: 204 });
    const { json } = await client('GET', '/v1/me/orgs', { token: person.token });
    expect(json.organizations).toMatchObject([{ id: elsewhere.orgId, role: 'MEMBER' }]);
    expect(await takeOut(tenant.admin.token, tenant.orgId, person.id)).toMatchObject(UNKNOWN);
    // Their key is the organization's, and serves on.
    expect(await client('GET', '/v1/prompts', { token: made.key })).toMatchObject({ status: 200 });
    expect(await client('GET', `/v1/teams/${sales}/prompts`, { token: person.token })).toMatchObject(
      FORBIDDEN,
    );
  });

  test('turns down what they have asked to join there', async () => {
    const person = await newMember(server, await createTeam(client, tenant, 'Askers'), 'viewer');
    const elsewhere = await newTenant(server, client);
    for (const teamId of [tenant.defaultTeamId, elsewhere.defaultTeamId]) {
      await client('POST', `/v1/teams/${teamId}/join-requests`, { token: person.token });
    }
    await takeOut(tenant.admin.token, tenant.orgId, person.id);
    expect(
      await server.sql('select team_id, status, resolved_by from join_requests where user_id = $1', [
        person.id,
      ]),
    ).toEqual(
      expect.arrayContaining([
        { team_id: tenant.defaultTeamId, status: 'rejected', resolved_by: tenant.admin.id },
        { team_id: elsewhere.defaultTeamId, status: 'pending', resolved_by: null },
      ]),
    );
  });

  test('leaves an admin to the Default Team, though not to every team', async () => {
    const own = await newTenant(server, client);
    const teamId = await createTeam(client, own, 'Support');
    const teamAdmin = await newMember(server, teamId, 'admin');
    await server.sql('delete from team_members where team_id = $1 and user_id = $2', [teamId, own.admin.id]);
    expect(await takeOut(own.admin.token, own.orgId, own.admin.id)).toMatchObject(
      refused(422, 'team must keep at least one admin'),
    );
    expect(await takeOut(own.admin.token, own.orgId, teamAdmin.id)).toMatchObject({ status: 204 });
    expect(await rolesIn(server, teamId)).toEqual({});
    const second = await newMember(server, own.defaultTeamId, 'admin');
    expect(await takeOut(own.admin.token, own.orgId, own.admin.id)).toMatchObject({ status: 204 });
    expect(await takeOut(second.token, own.orgId, own.admin.id)).toMatchObject(UNKNOWN);
  });

  test('is for org admins, and keys of all teams with the operation admin', async () => {
    const member = await newMember(server, tenant.defaultTeamId, 'editor');
    const adminKey = await createKey(client, tenant, 'admin');
    expect(await takeOut(member.token, tenant.orgId, member.id)).toMatchObject(FORBIDDEN);
    const limited = await createKey(client, tenant, 'admin', [tenant.defaultTeamId]);
    expect(await takeOut(limited, tenant.orgId, member.id)).toMatchObject(FORBIDDEN);
    expect(await takeOut(stranger.token, tenant.orgId, member.id)).toMatchObject(NOT_FOUND);
    expect(await takeOut(adminKey, crypto.randomUUID(), member.id)).toMatchObject(NOT_FOUND);
    expect(await takeOut(adminKey, tenant.orgId, stranger.id)).toMatchObject(UNKNOWN);
    expect(await takeOut(adminKey, tenant.orgId, 'junk')).toMatchObject(refused(400, 'invalid id'));
    expect(await takeOut(undefined, tenant.orgId, member.id)).toMatchObject(refused(401, 'unauthorized'));
    expect(await takeOut(adminKey, tenant.orgId, member.id)).toMatchObject({ status: 204 });
  });
});

test('my organizations and teams are read page by page, oldest first', async () => {
  const busy = await somebody(server, { isAdmin: true });
  const orgIds: string[] = [];
  for (let made = 0; made < 5; made += 1) orgIds.push((await newTenant(server, client, busy)).orgId);
  // As by one transaction: the same moment for all, and the id decides.
  await server.sql('update organizations set created_at = now() where id = any($1::uuid[])', [
    orgIds.slice(1, 4),
  ]);
  for (const [path, field, idField] of [
    ['/v1/me/orgs', 'organizations', 'id'],
    ['/v1/me/teams', 'teams', 'org_id'],
  ] as const) {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: Answer = await client('GET', `${path}?limit=2&cursor=${cursor}`, { token: busy.token });
      const items: Record<string, string>[] = page.json[field];
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map((item) => item[idField] ?? ''));
      cursor = page.json.next_cursor;
    }
    const { json } = await client('GET', path, { token: busy.token });
    expect(seen).toEqual(json[field].map((item: Record<string, string>) => item[idField]));
    expect([...seen].sort()).toEqual([...orgIds].sort());
    for (const query of ['limit=0', 'limit=251', 'limit=x']) {
      expect(await client('GET', `${path}?${query}`, { token: busy.token })).toMatchObject(
        refused(400, 'invalid query parameter limit'),
      );
    }
    expect(await client('GET', `${path}?cursor=junk`, { token: busy.token })).toMatchObject(
      refused(400, 'invalid query parameter cursor'),
    );
  }
});
