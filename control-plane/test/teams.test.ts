import { describe, expect, test } from 'vitest';
import { newPrompt } from './cast.js';
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

const UNAUTHORIZED = refused(401, 'unauthorized');
const FORBIDDEN = refused(403, 'forbidden');
const ORG_NOT_FOUND = refused(404, 'organization not found');
const TEAM_NOT_FOUND = refused(404, 'team not found');
const TAKEN = refused(409, 'team name already exists under this organization');
const INVALID_ID = refused(400, 'invalid id');
const FIXED = refused(422, 'the Default Team cannot be renamed or moved');

const create = (token: string | undefined, orgId: string, body: unknown) =>
  client('POST', `/v1/orgs/${orgId}/teams`, { token, body });
const list = (token: string | undefined, orgId: string, query = '') =>
  client('GET', `/v1/orgs/${orgId}/teams${query}`, { token });
const update = (token: string | undefined, teamId: string, body: unknown) =>
  client('PUT', `/v1/teams/${teamId}`, { token, body });
const remove = (token: string | undefined, teamId: string) =>
  client('DELETE', `/v1/teams/${teamId}`, { token });

describe('making a team', () => {
  test('makes the caller its admin', async () => {
    const { status, json } = await create(tenant.admin.token, tenant.orgId, { name: 'Support' });
    expect(status).toBe(201);
    expect(json).toEqual({
      team: { id: expect.any(String), org_id: tenant.orgId, name: 'Support', created_at: expect.any(String) },
    });
    expect(await rolesIn(server, json.team.id)).toEqual({ [tenant.admin.id]: 'admin' });
  });

  test('by a key leaves it without members', async () => {
    const key = await createKey(client, tenant, 'admin');
    const { status, json } = await create(key, tenant.orgId, { name: 'Made by a program' });
    expect(status).toBe(201);
    expect(await rolesIn(server, json.team.id)).toEqual({});
  });

  test('takes a name that no other team of the organization has, in whatever case', async () => {
    await create(tenant.admin.token, tenant.orgId, { name: 'Straße' });
    for (const name of ['Straße', 'STRAßE', 'Default Team', 'default TEAM']) {
      expect(await create(tenant.admin.token, tenant.orgId, { name })).toMatchObject(TAKEN);
    }
    const elsewhere = await newTenant(server, client);
    expect(await create(elsewhere.admin.token, elsewhere.orgId, { name: 'Straße' })).toMatchObject({
      status: 201,
    });
  });

  test.each([
    [{}, 'name is required'],
    [{ name: ' ' }, 'name is required'],
    [{ name: 1 }, 'invalid request body'],
    ['text', 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await create(tenant.admin.token, tenant.orgId, body)).toMatchObject(refused(400, error));
  });

  test('is for org admins, and keys of all teams with the operation admin', async () => {
    const teamAdmin = await newMember(server, await createTeam(client, tenant, 'Makers'), 'admin');
    const limited = await createKey(client, tenant, 'admin', [tenant.defaultTeamId]);
    for (const token of [teamAdmin.token, limited, await createKey(client, tenant, 'all')]) {
      expect(await create(token, tenant.orgId, { name: 'No' })).toMatchObject(FORBIDDEN);
    }
    expect(await create(undefined, tenant.orgId, { name: 'No' })).toMatchObject(UNAUTHORIZED);
    for (const orgId of [tenant.orgId, crypto.randomUUID()]) {
      expect(await create(stranger.token, orgId, { name: 'No' })).toMatchObject(ORG_NOT_FOUND);
    }
    expect(await create(stranger.token, 'junk', { name: 'No' })).toMatchObject(INVALID_ID);
  });
});

describe("the list of an organization's teams", () => {
  test('is by name, whatever its case, and read page by page', async () => {
    const own = await newTenant(server, client);
    for (const name of ['beta', 'Alpha', 'gamma', 'Émile']) await createTeam(client, own, name);
    const whole = await list(own.admin.token, own.orgId);
    expect(whole).toMatchObject({ status: 200, json: { next_cursor: null } });
    const names: string[] = whole.json.teams.map(({ name }: { name: string }) => name);
    expect(names.filter((name) => name !== 'Émile')).toEqual(['Alpha', 'beta', 'Default Team', 'gamma']);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { json: { teams: { name: string }[]; next_cursor: string | null } } = await list(
        own.admin.token,
        own.orgId,
        `?limit=2&cursor=${cursor}`,
      );
      paged.push(...page.json.teams.map(({ name }) => name));
      cursor = page.json.next_cursor;
    }
    expect(paged).toEqual(names);
    expect(await list(own.admin.token, own.orgId, '?cursor=WzFd')).toMatchObject(
      refused(400, 'invalid query parameter cursor'),
    );
  });

  test('is for members, and keys that manage them', async () => {
    const viewer = await newMember(server, await createTeam(client, tenant, 'Readers'), 'viewer');
    const { json } = await list(viewer.token, tenant.orgId);
    expect(json.teams.map(({ name }: { name: string }) => name)).toContain('Default Team');
    expect(await list(await createKey(client, tenant, 'admin'), tenant.orgId)).toMatchObject({ status: 200 });
    expect(await list(await createKey(client, tenant, 'all'), tenant.orgId)).toMatchObject(FORBIDDEN);
    expect(await list(stranger.token, tenant.orgId)).toMatchObject(ORG_NOT_FOUND);
    expect(await list(stranger.token, 'junk')).toMatchObject(INVALID_ID);
    expect(await list(undefined, tenant.orgId)).toMatchObject(UNAUTHORIZED);
  });
});

describe('renaming a team', () => {
  test('is for its editors and above', async () => {
    const teamId = await createTeam(client, tenant, 'To be renamed');
    const editor = await newMember(server, teamId, 'editor');
    const viewer = await newMember(server, teamId, 'viewer');
    const answer = await update(editor.token, teamId, { name: 'Renamed', org_id: null });
    expect(answer).toMatchObject({ status: 200, json: { team: { id: teamId, name: 'Renamed' } } });
    expect(await update(editor.token, teamId, { name: 'RENAMED' })).toMatchObject({ status: 200 });
    expect(await update(viewer.token, teamId, { name: 'No' })).toMatchObject(FORBIDDEN);
    const colleague = await newMember(server, tenant.defaultTeamId, 'viewer');
    expect(await update(colleague.token, teamId, { name: 'No' })).toMatchObject(FORBIDDEN);
    expect(await update(stranger.token, teamId, { name: 'No' })).toMatchObject(TEAM_NOT_FOUND);
    expect(await update(stranger.token, crypto.randomUUID(), { name: 'No' })).toMatchObject(TEAM_NOT_FOUND);
    expect(await update(undefined, teamId, { name: 'No' })).toMatchObject(UNAUTHORIZED);
    const key = await createKey(client, tenant, 'admin', [teamId]);
    expect(await update(key, teamId, { name: 'By a key' })).toMatchObject({ status: 200 });
  });

  test.each([
    [{}, 'name is required'],
    [{ name: '' }, 'name is required'],
    [{ name: [] }, 'invalid request body'],
    [{ name: 'Good', org_id: 'junk' }, 'invalid id'],
    [{ name: 'Good', org_id: 5 }, 'invalid id'],
  ])('refuses %j', async (body, error) => {
    expect(await update(tenant.admin.token, tenant.defaultTeamId, body)).toMatchObject(refused(400, error));
    expect(await update(tenant.admin.token, 'junk', { name: 'Good' })).toMatchObject(INVALID_ID);
  });

  test('leaves no two teams of one name', async () => {
    const teamId = await createTeam(client, tenant, 'One name');
    await createTeam(client, tenant, 'Another name');
    for (const name of ['another NAME', 'Default Team', 'DEFAULT team']) {
      expect(await update(tenant.admin.token, teamId, { name })).toMatchObject(TAKEN);
    }
  });

  test('cannot make org admins: the Default Team keeps its name, and no other gets it', async () => {
    const own = await newTenant(server, client);
    const target = await newTenant(server, client, own.admin);
    const teamId = await createTeam(client, own, 'Usurpers');
    const usurper = await newMember(server, teamId, 'admin');
    const accomplice = await newMember(server, own.defaultTeamId, 'editor');
    for (const name of ['Old Team', 'default team', ' Default Team']) {
      expect(await update(accomplice.token, own.defaultTeamId, { name })).toMatchObject(FIXED);
    }
    const moved = { name: 'Default Team', org_id: target.orgId };
    expect(await update(own.admin.token, own.defaultTeamId, moved)).toMatchObject(FIXED);
    expect(await update(usurper.token, teamId, { name: 'Default Team' })).toMatchObject(TAKEN);
    expect(await update(own.admin.token, teamId, moved)).toMatchObject(TAKEN);
    expect(await update(accomplice.token, own.defaultTeamId, { name: 'Default Team' })).toMatchObject({
      status: 200,
    });
    const { json } = await client('GET', '/v1/me/orgs', { token: usurper.token });
    expect(json.organizations).toMatchObject([{ id: own.orgId, role: 'MEMBER' }]);
    // Even if somebody did away with the Default Team in the database.
    await server.sql('delete from teams where id = $1', [own.defaultTeamId]);
    expect(await update(usurper.token, teamId, { name: 'Default Team' })).toMatchObject(TAKEN);
  });
});

describe('moving a team', () => {
  test('takes its prompts, members and requests along, and it out of the reach of keys', async () => {
    const from = await newTenant(server, client);
    const to = await newTenant(server, client, from.admin);
    const teamId = await createTeam(client, from, 'Movers');
    const member = await newMember(server, teamId, 'viewer');
    const other = await createTeam(client, from, 'Stayers');
    const prompt = await newPrompt(client, { token: from.admin.token, teamId });
    const onlyHere = await createKey(client, from, 'all', [teamId]);
    const bothTeams = await createKey(client, from, 'all', [teamId, other]);
    const allTeams = await createKey(client, from, 'all');
    const newHome = await createKey(client, to, 'all');
    const asked = await client('POST', `/v1/teams/${teamId}/join-requests`, { token: stranger.token });

    const answer = await update(from.admin.token, teamId, { name: 'Moved', org_id: to.orgId.toUpperCase() });
    expect(answer).toMatchObject({
      status: 200,
      json: { team: { id: teamId, org_id: to.orgId, name: 'Moved' } },
    });
    const read = (token: string) => client('GET', `/v1/prompts/${prompt.id}`, { token });
    expect(await read(newHome)).toMatchObject({ status: 200, json: { prompt: { team_id: teamId } } });
    expect(await read(onlyHere)).toMatchObject(UNAUTHORIZED);
    expect(await read(bothTeams)).toMatchObject(refused(404, 'prompt not found'));
    expect(await read(allTeams)).toMatchObject(refused(404, 'prompt not found'));
    expect(await read(member.token)).toMatchObject({ status: 200 });
    const { json: mine } = await client('GET', '/v1/me/orgs', { token: member.token });
    expect(mine.organizations).toMatchObject([{ id: to.orgId, role: 'MEMBER' }]);
    const { json: inbox } = await client('GET', '/v1/me/inbox', { token: from.admin.token });
    expect(inbox.inbox).toMatchObject([
      { id: asked.json.id, payload: { team: { id: teamId, org_id: to.orgId, name: 'Moved' } } },
    ]);
    const { json: keys } = await client('GET', `/v1/api-keys?org_id=${from.orgId}`, {
      token: from.admin.token,
    });
    expect(keys.api_keys.map(({ team_ids }: { team_ids: string[] }) => team_ids)).toEqual([[other], []]);
    // Back again: the keys have lost it for good.
    await update(from.admin.token, teamId, { name: 'Back', org_id: from.orgId });
    expect(await read(bothTeams)).toMatchObject(refused(404, 'prompt not found'));
    expect(await read(allTeams)).toMatchObject({ status: 200 });
  });

  test('to where it is already is renaming', async () => {
    const teamId = await createTeam(client, tenant, 'Unmoved');
    const editor = await newMember(server, teamId, 'editor');
    const key = await createKey(client, tenant, 'all', [teamId]);
    const answer = await update(editor.token, teamId, { name: 'Still', org_id: tenant.orgId });
    expect(answer).toMatchObject({ status: 200, json: { team: { name: 'Still', org_id: tenant.orgId } } });
    expect(await client('GET', `/v1/teams/${teamId}/prompts`, { token: key })).toMatchObject({ status: 200 });
  });

  test('is for org admins of both organizations', async () => {
    const target = await newTenant(server, client);
    const teamId = await createTeam(client, tenant, 'Not to be moved');
    const move = (token: string, orgId = target.orgId) => update(token, teamId, { name: 'M', org_id: orgId });
    expect(await move(tenant.admin.token)).toMatchObject(ORG_NOT_FOUND);
    expect(await move(tenant.admin.token, crypto.randomUUID())).toMatchObject(ORG_NOT_FOUND);
    const teamAdmin = await newMember(server, teamId, 'admin');
    await server.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'admin')`, [
      target.defaultTeamId,
      teamAdmin.id,
    ]);
    expect(await move(teamAdmin.token)).toMatchObject(FORBIDDEN);
    await server.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'editor')`, [
      target.defaultTeamId,
      tenant.admin.id,
    ]);
    expect(await move(tenant.admin.token)).toMatchObject(FORBIDDEN);
    expect(await move(await createKey(client, tenant, 'admin'))).toMatchObject(FORBIDDEN);
  });

  test('is refused where the name is taken', async () => {
    const target = await newTenant(server, client, tenant.admin);
    await createTeam(client, target, 'Same name');
    const teamId = await createTeam(client, tenant, 'Same name');
    const body = { name: 'same name', org_id: target.orgId };
    expect(await update(tenant.admin.token, teamId, body)).toMatchObject(TAKEN);
    expect(await server.sql('select org_id from teams where id = $1', [teamId])).toEqual([
      { org_id: tenant.orgId },
    ]);
  });
});

describe('deleting a team', () => {
  test('takes its prompts along, and the keys that were for it alone', async () => {
    const own = await newTenant(server, client);
    const teamId = await createTeam(client, own, 'Doomed');
    const other = await createTeam(client, own, 'Spared');
    const doomed = await newPrompt(client, { token: own.admin.token, teamId });
    const spared = await newPrompt(client, { token: own.admin.token, teamId: other });
    const onlyHere = await createKey(client, own, 'all', [teamId]);
    const bothTeams = await createKey(client, own, 'all', [teamId, other]);
    const editor = await newMember(server, teamId, 'editor');
    await client('POST', `/v1/teams/${teamId}/join-requests`, { token: stranger.token });
    expect(await remove(editor.token, teamId)).toMatchObject({ status: 204, json: undefined });
    const read = (token: string, id: string) => client('GET', `/v1/prompts/${id}`, { token });
    expect(await read(own.admin.token, doomed.id)).toMatchObject(refused(404, 'prompt not found'));
    expect(await read(onlyHere, spared.id)).toMatchObject(UNAUTHORIZED);
    expect(await read(bothTeams, spared.id)).toMatchObject({ status: 200 });
    expect(await server.sql('select from join_requests where team_id = $1', [teamId])).toEqual([]);
    expect(await remove(own.admin.token, teamId)).toMatchObject(TEAM_NOT_FOUND);
    // The editor was of no other team, and has no part in the organization any more.
    expect(await list(editor.token, own.orgId)).toMatchObject(ORG_NOT_FOUND);
    const { json } = await client('GET', `/v1/orgs/${own.orgId}/audit-log?action=teams.delete`, {
      token: own.admin.token,
    });
    const told = json.entries.map(
      ({ target, operation }: { target: { type: string }; operation: string }) =>
        `${target.type} ${operation}`,
    );
    // The key of both teams has lost one.
    expect(told.sort()).toEqual(['api_key delete', 'api_key update', 'team delete']);
  });

  test('is for its editors and above', async () => {
    const teamId = await createTeam(client, tenant, 'Kept');
    const viewer = await newMember(server, teamId, 'viewer');
    const colleague = await newMember(server, tenant.defaultTeamId, 'editor');
    for (const token of [viewer.token, colleague.token, await createKey(client, tenant, 'all')]) {
      expect(await remove(token, teamId)).toMatchObject(FORBIDDEN);
    }
    expect(await remove(stranger.token, teamId)).toMatchObject(TEAM_NOT_FOUND);
    expect(await remove(stranger.token, crypto.randomUUID())).toMatchObject(TEAM_NOT_FOUND);
    expect(await remove(stranger.token, 'junk')).toMatchObject(INVALID_ID);
    expect(await remove(undefined, teamId)).toMatchObject(UNAUTHORIZED);
    expect(await remove(await createKey(client, tenant, 'admin'), teamId)).toMatchObject({ status: 204 });
  });

  test('spares the Default Team', async () => {
    expect(await remove(tenant.admin.token, tenant.defaultTeamId)).toMatchObject(
      refused(422, 'the Default Team cannot be deleted'),
    );
  });
});
