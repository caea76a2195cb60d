import { describe, expect, test } from 'vitest';
import { startWithTenant } from './control-plane-of-file.js';
import {
  createKey,
  createTeam,
  newMember,
  newTenant,
  refused,
  rolesIn,
  somebody,
} from './membership-scene.js';

const { server, client, tenant } = await startWithTenant();
const stranger = await somebody(server);
/** Of the organization, and of no team but the Default Team. */
const colleague = await newMember(server, tenant.defaultTeamId, 'viewer');
const teamId = await createTeam(client, tenant, 'Support');
const teamAdmin = await newMember(server, teamId, 'admin');
const editor = await newMember(server, teamId, 'editor');
const viewer = await newMember(server, teamId, 'viewer');

const UNAUTHORIZED = refused(401, 'unauthorized');
const FORBIDDEN = refused(403, 'forbidden');
const TEAM_NOT_FOUND = refused(404, 'team not found');
const MEMBER_NOT_FOUND = refused(404, 'team member relationship not found');
const LAST_ADMIN = refused(422, 'team must keep at least one admin');
const INVALID_ID = refused(400, 'invalid id');

const list = (token: string | undefined, team: string, query = '') =>
  client('GET', `/v1/teams/${team}/members${query}`, { token });
const add = (token: string | undefined, team: string, body: unknown) =>
  client('POST', `/v1/teams/${team}/members`, { token, body });
const remove = (token: string | undefined, team: string, userId: string) =>
  client('DELETE', `/v1/teams/${team}/members/${userId}`, { token });
const setRole = (token: string | undefined, team: string, userId: string, body: unknown) =>
  client('PUT', `/v1/teams/${team}/members/${userId}/role`, { token, body });
const leave = (token: string | undefined, team: string) =>
  client('DELETE', `/v1/me/teams/${team}`, { token });

describe('the members of a team', () => {
  test('are listed page by page, by address', async () => {
    const team = await createTeam(client, tenant, 'Listed');
    const made = [];
    for (let count = 0; count < 11; count += 1) made.push(await newMember(server, team, 'viewer'));
    const first = await list(tenant.admin.token, team);
    expect(first).toMatchObject({ status: 200, json: { page: 1, limit: 10, total: 12 } });
    const second = await list(tenant.admin.token, team, '?page=2');
    expect(second).toMatchObject({ status: 200, json: { page: 2, limit: 10, total: 12 } });
    const shown = [...first.json.members, ...second.json.members];
    expect(shown.map(({ email }: { email: string }) => email)).toEqual(
      [tenant.admin, ...made].map(({ email }) => email).sort(),
    );
    expect(shown.find(({ user_id }) => user_id === tenant.admin.id)).toEqual({
      user_id: tenant.admin.id,
      email: tenant.admin.email,
      role: 'admin',
      created_at: expect.any(String),
    });
    expect(await list(tenant.admin.token, team, '?limit=1000')).toMatchObject({ json: { limit: 100 } });
    expect(await list(tenant.admin.token, team, '?limit=ten')).toMatchObject(
      refused(400, 'invalid query parameter limit'),
    );
  });

  test('are known to each other, org admins, and keys that manage them', async () => {
    for (const token of [
      viewer.token,
      tenant.admin.token,
      await createKey(client, tenant, 'admin', [teamId]),
    ]) {
      expect(await list(token, teamId)).toMatchObject({ status: 200 });
    }
    for (const token of [colleague.token, await createKey(client, tenant, 'all', [teamId])]) {
      expect(await list(token, teamId)).toMatchObject(FORBIDDEN);
    }
    const limited = await createKey(client, tenant, 'admin', [tenant.defaultTeamId]);
    for (const token of [stranger.token, limited]) {
      expect(await list(token, teamId)).toMatchObject(TEAM_NOT_FOUND);
    }
    expect(await list(stranger.token, crypto.randomUUID())).toMatchObject(TEAM_NOT_FOUND);
    expect(await list(stranger.token, 'junk')).toMatchObject(INVALID_ID);
    expect(await list(undefined, teamId)).toMatchObject(UNAUTHORIZED);
  });
});

describe('adding a member', () => {
  test('makes editors of colleagues, and keeps the role of members', async () => {
    const body = { user_id: colleague.id.toUpperCase() };
    expect(await add(teamAdmin.token, teamId, body)).toMatchObject({ status: 204, json: undefined });
    expect(await rolesIn(server, teamId)).toMatchObject({ [colleague.id]: 'editor' });
    expect(await add(teamAdmin.token, teamId, { user_id: viewer.id })).toMatchObject({ status: 204 });
    expect(await rolesIn(server, teamId)).toMatchObject({ [viewer.id]: 'viewer' });
    await remove(teamAdmin.token, teamId, colleague.id);
  });

  test('makes the first one the admin', async () => {
    const key = await createKey(client, tenant, 'admin');
    const { json } = await client('POST', `/v1/orgs/${tenant.orgId}/teams`, {
      token: key,
      body: { name: 'Empty' },
    });
    for (const { id } of [colleague, viewer]) await add(key, json.team.id, { user_id: id });
    expect(await rolesIn(server, json.team.id)).toEqual({ [colleague.id]: 'admin', [viewer.id]: 'editor' });
  });

  test('takes people who share an organization with the caller, whichever', async () => {
    const unknown = refused(404, 'user to add not found');
    expect(await add(teamAdmin.token, teamId, { user_id: stranger.id })).toMatchObject(unknown);
    expect(await add(teamAdmin.token, teamId, { user_id: crypto.randomUUID() })).toMatchObject(unknown);
    // Org admin of two organizations: people of one can be added to teams of the other.
    const second = await newTenant(server, client, tenant.admin);
    const there = await newMember(server, second.defaultTeamId, 'viewer');
    const team = await createTeam(client, tenant, 'Mixed');
    const key = await createKey(client, tenant, 'admin');
    expect(await add(key, team, { user_id: there.id })).toMatchObject(unknown);
    expect(await add(tenant.admin.token, team, { user_id: there.id })).toMatchObject({ status: 204 });
  });

  test('approves what they have asked for', async () => {
    const person = await newMember(server, tenant.defaultTeamId, 'viewer');
    const { json } = await client('POST', `/v1/teams/${teamId}/join-requests`, { token: person.token });
    await add(teamAdmin.token, teamId, { user_id: person.id });
    expect(await rolesIn(server, teamId)).toMatchObject({ [person.id]: 'editor' });
    expect(
      await server.sql('select status, resolved_by from join_requests where id = $1', [json.id]),
    ).toEqual([{ status: 'approved', resolved_by: teamAdmin.id }]);
  });

  test.each([
    [{}, 'user_id is required'],
    [{ user_id: null }, 'user_id is required'],
    [{ user_id: '' }, 'user_id is required'],
    [{ user_id: 'junk' }, 'invalid id'],
    [{ user_id: 5 }, 'invalid id'],
    [[], 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await add(teamAdmin.token, teamId, body)).toMatchObject(refused(400, error));
  });

  test('is for team admins and above', async () => {
    const body = { user_id: colleague.id };
    for (const token of [
      editor.token,
      viewer.token,
      colleague.token,
      await createKey(client, tenant, 'all'),
    ]) {
      expect(await add(token, teamId, body)).toMatchObject(FORBIDDEN);
    }
    expect(await add(stranger.token, teamId, body)).toMatchObject(TEAM_NOT_FOUND);
    expect(await add(stranger.token, 'junk', body)).toMatchObject(INVALID_ID);
    expect(await add(undefined, teamId, body)).toMatchObject(UNAUTHORIZED);
  });
});

describe('removing a member', () => {
  test('takes them out of this team alone', async () => {
    const person = await newMember(server, teamId, 'editor');
    await add(tenant.admin.token, tenant.defaultTeamId, { user_id: person.id });
    expect(await remove(teamAdmin.token, teamId, person.id)).toMatchObject({ status: 204, json: undefined });
    expect(await remove(teamAdmin.token, teamId, person.id)).toMatchObject(MEMBER_NOT_FOUND);
    const { json } = await client('GET', '/v1/me/teams', { token: person.token });
    expect(json.teams).toMatchObject([{ id: tenant.defaultTeamId }]);
  });

  test('knows those who are not of the organization', async () => {
    const outside = refused(400, 'user is not a member of this organization');
    expect(await remove(teamAdmin.token, teamId, stranger.id)).toMatchObject(outside);
    expect(await remove(teamAdmin.token, teamId, crypto.randomUUID())).toMatchObject(outside);
    expect(await remove(teamAdmin.token, teamId, colleague.id)).toMatchObject(MEMBER_NOT_FOUND);
  });

  test('leaves an admin', async () => {
    const team = await createTeam(client, tenant, 'One admin');
    await newMember(server, team, 'editor');
    expect(await remove(tenant.admin.token, team, tenant.admin.id)).toMatchObject(LAST_ADMIN);
    const second = await newMember(server, team, 'admin');
    expect(await remove(tenant.admin.token, team, tenant.admin.id)).toMatchObject({ status: 204 });
    expect(await remove(tenant.admin.token, team, second.id)).toMatchObject(LAST_ADMIN);
  });

  test('is for team admins and above', async () => {
    for (const token of [
      editor.token,
      viewer.token,
      colleague.token,
      await createKey(client, tenant, 'all'),
    ]) {
      expect(await remove(token, teamId, viewer.id)).toMatchObject(FORBIDDEN);
    }
    expect(await remove(stranger.token, teamId, viewer.id)).toMatchObject(TEAM_NOT_FOUND);
    expect(await remove(teamAdmin.token, teamId, 'junk')).toMatchObject(INVALID_ID);
    expect(await remove(undefined, teamId, viewer.id)).toMatchObject(UNAUTHORIZED);
  });
});

describe('giving a member another role', () => {
  test('holds from then on', async () => {
    const person = await newMember(server, teamId, 'viewer');
    for (const role of ['editor', 'admin', 'admin', 'viewer']) {
      expect(await setRole(teamAdmin.token, teamId, person.id, { role })).toMatchObject({
        status: 200,
        json: { message: 'role updated successfully' },
      });
      expect(await rolesIn(server, teamId)).toMatchObject({ [person.id]: role });
    }
    expect(await add(person.token, teamId, { user_id: colleague.id })).toMatchObject(FORBIDDEN);
  });

  test('makes org admins in the Default Team', async () => {
    const own = await newTenant(server, client);
    const person = await newMember(server, own.defaultTeamId, 'editor');
    const rename = () =>
      client('PUT', `/v1/orgs/${own.orgId}`, { token: person.token, body: { name: 'Renamed' } });
    expect(await rename()).toMatchObject(FORBIDDEN);
    expect(await setRole(person.token, own.defaultTeamId, person.id, { role: 'admin' })).toMatchObject(
      FORBIDDEN,
    );
    await setRole(own.admin.token, own.defaultTeamId, person.id, { role: 'admin' });
    expect(await rename()).toMatchObject({ status: 200 });
  });

  test('leaves an admin', async () => {
    const team = await createTeam(client, tenant, 'One admin still');
    for (const role of ['editor', 'viewer']) {
      expect(await setRole(tenant.admin.token, team, tenant.admin.id, { role })).toMatchObject(LAST_ADMIN);
    }
    expect(await setRole(tenant.admin.token, team, tenant.admin.id, { role: 'admin' })).toMatchObject({
      status: 200,
    });
  });

  test.each([
    [{}, 'invalid role, must be admin, editor, or viewer'],
    [{ role: null }, 'invalid role, must be admin, editor, or viewer'],
    [{ role: 'owner' }, 'invalid role, must be admin, editor, or viewer'],
    [{ role: 'Admin' }, 'invalid role, must be admin, editor, or viewer'],
    [{ role: 5 }, 'invalid role, must be admin, editor, or viewer'],
    [null, 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await setRole(teamAdmin.token, teamId, viewer.id, body)).toMatchObject(refused(400, error));
  });

  test('is for team admins and above, and about members', async () => {
    const role = { role: 'editor' };
    for (const { id } of [stranger, colleague, { id: crypto.randomUUID() }]) {
      expect(await setRole(teamAdmin.token, teamId, id, role)).toMatchObject(MEMBER_NOT_FOUND);
    }
    for (const token of [editor.token, colleague.token, await createKey(client, tenant, 'all')]) {
      expect(await setRole(token, teamId, viewer.id, role)).toMatchObject(FORBIDDEN);
    }
    expect(await setRole(stranger.token, teamId, viewer.id, role)).toMatchObject(TEAM_NOT_FOUND);
    expect(await setRole(teamAdmin.token, teamId, 'junk', role)).toMatchObject(INVALID_ID);
    expect(await setRole(undefined, teamId, viewer.id, role)).toMatchObject(UNAUTHORIZED);
    const key = await createKey(client, tenant, 'admin', [teamId]);
    expect(await setRole(key, teamId, viewer.id, { role: 'viewer' })).toMatchObject({ status: 200 });
  });
});

describe('leaving a team', () => {
  test('is for its members', async () => {
    const person = await newMember(server, teamId, 'editor');
    expect(await leave(person.token, teamId)).toMatchObject({ status: 204, json: undefined });
    for (const token of [person.token, stranger.token, colleague.token]) {
      expect(await leave(token, teamId)).toMatchObject(TEAM_NOT_FOUND);
    }
    // An org admin is an admin of the team, and yet no member.
    const own = await newMember(server, tenant.defaultTeamId, 'admin');
    expect(await leave(own.token, teamId)).toMatchObject(TEAM_NOT_FOUND);
    expect(await leave(own.token, crypto.randomUUID())).toMatchObject(TEAM_NOT_FOUND);
    expect(await leave(own.token, 'junk')).toMatchObject(INVALID_ID);
    expect(await leave(undefined, teamId)).toMatchObject(UNAUTHORIZED);
    expect(await leave(await createKey(client, tenant, 'admin'), teamId)).toMatchObject(FORBIDDEN);
    expect(await leave(own.token, tenant.defaultTeamId)).toMatchObject({ status: 204 });
  });

  test('leaves an admin, and is not for the only member of all', async () => {
    const team = await createTeam(client, tenant, 'Alone');
    expect(await leave(tenant.admin.token, team)).toMatchObject(LAST_ADMIN);
    const second = await newMember(server, team, 'admin');
    expect(await leave(tenant.admin.token, team)).toMatchObject({ status: 204 });
    expect(await leave(second.token, team)).toMatchObject(LAST_ADMIN);
  });
});

test('a crowd of 5,000 is read in a moment', async () => {
  const crowd = await newTenant(server, client);
  await server.sql(
    `with made as (
       insert into users (email, password_hash, is_verified)
       select 'crowd-' || number || '-' || gen_random_uuid() || '@example.com', '-', true
       from generate_series(1, 5000) as number returning id)
     insert into team_members (team_id, user_id, role) select $1, id, 'viewer' from made`,
    [crowd.defaultTeamId],
  );
  await server.sql('analyze users, team_members');
  for (const path of [
    `/v1/orgs/${crowd.orgId}/people?page=50&limit=100`,
    `/v1/teams/${crowd.defaultTeamId}/members?page=50&limit=100`,
  ]) {
    const started = performance.now();
    const { status, json } = await client('GET', path, { token: crowd.admin.token });
    expect({ status, total: json.total }).toEqual({ status: 200, total: 5_001 });
    // Far above what it takes: this fails for a query a person, and not for a busy machine.
    expect(performance.now() - started).toBeLessThan(2_000);
  }
});
