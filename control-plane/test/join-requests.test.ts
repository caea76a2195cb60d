import { beforeEach, describe, expect, test } from 'vitest';
import { startWithTenant } from './control-plane-of-file.js';
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
const teamId = await createTeam(client, tenant, 'Support');
const teamAdmin = await newMember(server, teamId, 'admin');

let asking: Somebody;
beforeEach(async () => {
  asking = await somebody(server);
});

const UNAUTHORIZED = refused(401, 'unauthorized');
const FORBIDDEN = refused(403, 'forbidden');
const NOT_FOUND = refused(404, 'join request not found');
const RESOLVED = refused(400, 'join request has already been resolved');
const INVALID_ID = refused(400, 'invalid id');

const ask = (token: string | undefined, team = teamId) =>
  client('POST', `/v1/teams/${team}/join-requests`, { token });
const resolve = (token: string | undefined, id: string, body: unknown) =>
  client('PUT', `/v1/join-requests/${id}`, { token, body });
const inbox = (token: string | undefined, query = '') => client('GET', `/v1/me/inbox${query}`, { token });
const askedBy = async (person: Somebody): Promise<string> => (await ask(person.token)).json.id;

describe('asking to join a team', () => {
  test('takes no more than its id', async () => {
    const { status, json } = await ask(asking.token, teamId.toUpperCase());
    expect(status).toBe(201);
    expect(json).toEqual({
      id: expect.any(String),
      team_id: teamId,
      user_id: asking.id,
      status: 'pending',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    });
    expect(await ask(asking.token)).toMatchObject(
      refused(409, 'a pending join request already exists for this team'),
    );
  });

  test('is possible again once it was answered', async () => {
    await resolve(teamAdmin.token, await askedBy(asking), { status: 'rejected' });
    await resolve(teamAdmin.token, await askedBy(asking), { status: 'approved' });
    expect(await ask(asking.token)).toMatchObject(refused(400, 'already a member of this team'));
    await client('DELETE', `/v1/me/teams/${teamId}`, { token: asking.token });
    expect(await ask(asking.token)).toMatchObject({ status: 201 });
  });

  test('is for verified users', async () => {
    const unverified = await somebody(server, { isVerified: false });
    expect(await ask(unverified.token)).toMatchObject(refused(403, 'user is not verified'));
    expect(await ask(await createKey(client, tenant, 'admin'))).toMatchObject(FORBIDDEN);
    expect(await ask(undefined)).toMatchObject(UNAUTHORIZED);
    expect(await ask(asking.token, 'junk')).toMatchObject(INVALID_ID);
    expect(await ask(asking.token, crypto.randomUUID())).toMatchObject(refused(404, 'team not found'));
  });

  test('is for org admins too, who are no members of the team', async () => {
    const orgAdmin = await newMember(server, tenant.defaultTeamId, 'admin');
    expect(await ask(orgAdmin.token)).toMatchObject({ status: 201 });
  });
});

describe('answering a request', () => {
  test('with yes makes a viewer', async () => {
    const { json: asked } = await ask(asking.token);
    const { status, json } = await resolve(teamAdmin.token, asked.id, { status: 'approved' });
    expect(status).toBe(200);
    expect(json).toEqual({ ...asked, status: 'approved', updated_at: expect.any(String) });
    expect(Date.parse(json.updated_at)).toBeGreaterThanOrEqual(Date.parse(asked.created_at));
    expect(await rolesIn(server, teamId)).toMatchObject({ [asking.id]: 'viewer' });
    expect(await server.sql('select resolved_by from join_requests where id = $1', [asked.id])).toEqual([
      { resolved_by: teamAdmin.id },
    ]);
  });

  test('with no leaves things as they were', async () => {
    const id = await askedBy(asking);
    expect(await resolve(tenant.admin.token, id, { status: 'rejected' })).toMatchObject({
      status: 200,
      json: { status: 'rejected' },
    });
    expect(await rolesIn(server, teamId)).not.toHaveProperty(asking.id);
    expect(await resolve(teamAdmin.token, id, { status: 'approved' })).toMatchObject(RESOLVED);
    expect(await rolesIn(server, teamId)).not.toHaveProperty(asking.id);
  });

  test('is once and for all', async () => {
    const id = await askedBy(asking);
    await resolve(teamAdmin.token, id, { status: 'approved' });
    for (const status of ['approved', 'rejected']) {
      expect(await resolve(teamAdmin.token, id, { status })).toMatchObject(RESOLVED);
    }
  });

  test('keeps the role of who has become a member otherwise', async () => {
    const id = await askedBy(asking);
    await server.sql(`insert into team_members (team_id, user_id, role) values ($1, $2, 'admin')`, [
      teamId,
      asking.id,
    ]);
    expect(await resolve(teamAdmin.token, id, { status: 'approved' })).toMatchObject({ status: 200 });
    expect(await rolesIn(server, teamId)).toMatchObject({ [asking.id]: 'admin' });
  });

  test('is for team admins, org admins, and keys with the operation admin', async () => {
    const id = await askedBy(asking);
    const body = { status: 'approved' };
    const editor = await newMember(server, teamId, 'editor');
    const colleague = await newMember(server, tenant.defaultTeamId, 'editor');
    for (const token of [editor.token, colleague.token, await createKey(client, tenant, 'all')]) {
      expect(await resolve(token, id, body)).toMatchObject(FORBIDDEN);
    }
    const limited = await createKey(client, tenant, 'admin', [tenant.defaultTeamId]);
    const stranger = (await newTenant(server, client)).admin;
    // Who asked has no part in the organization yet.
    for (const token of [stranger.token, asking.token, limited]) {
      expect(await resolve(token, id, body)).toMatchObject(NOT_FOUND);
    }
    expect(await resolve(undefined, id, body)).toMatchObject(UNAUTHORIZED);
    expect(await resolve(teamAdmin.token, crypto.randomUUID(), body)).toMatchObject(NOT_FOUND);
    expect(await resolve(teamAdmin.token, 'junk', body)).toMatchObject(INVALID_ID);
    const key = await createKey(client, tenant, 'admin', [teamId]);
    expect(await resolve(key, id, body)).toMatchObject({ status: 200 });
  });

  test.each([
    [{}, 'invalid status, must be approved or rejected'],
    [{ status: null }, 'invalid status, must be approved or rejected'],
    [{ status: 'pending' }, 'invalid status, must be approved or rejected'],
    [{ status: 1 }, 'invalid status, must be approved or rejected'],
    [[], 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await resolve(teamAdmin.token, await askedBy(asking), body)).toMatchObject(refused(400, error));
  });

  test('finds none of a user or a team that is gone', async () => {
    const ofUser = await askedBy(asking);
    await server.sql('delete from users where id = $1', [asking.id]);
    expect(await resolve(teamAdmin.token, ofUser, { status: 'approved' })).toMatchObject(NOT_FOUND);
    const doomed = await createTeam(client, tenant, 'Doomed');
    const { json } = await ask((await somebody(server)).token, doomed);
    await client('DELETE', `/v1/teams/${doomed}`, { token: tenant.admin.token });
    expect(await resolve(tenant.admin.token, json.id, { status: 'approved' })).toMatchObject(NOT_FOUND);
  });
});

describe('the inbox', () => {
  test('holds the pending requests that the caller may answer, oldest first', async () => {
    const own = await newTenant(server, client);
    const sales = await createTeam(client, own, 'Sales');
    const second = await newTenant(server, client, own.admin);
    const salesAdmin = await newMember(server, sales, 'admin');
    const salesEditor = await newMember(server, sales, 'editor');
    const asked: string[] = [];
    for (const team of [sales, own.defaultTeamId, second.defaultTeamId, sales]) {
      asked.push((await ask((await somebody(server)).token, team)).json.id);
    }
    await resolve(own.admin.token, (await ask(asking.token, sales)).json.id, { status: 'rejected' });
    const idsOf = async (token: string) =>
      (await inbox(token)).json.inbox.map(({ id }: { id: string }) => id);
    expect(await idsOf(own.admin.token)).toEqual(asked);
    expect(await idsOf(salesAdmin.token)).toEqual([asked[0], asked[3]]);
    expect(await idsOf(salesEditor.token)).toEqual([]);
    expect(await idsOf(asking.token)).toEqual([]);
  });

  test('tells who asks, and for which team', async () => {
    const own = await newTenant(server, client);
    const { json: asked } = await ask(asking.token, own.defaultTeamId);
    const { json: listed } = await client('GET', '/v1/me/teams', { token: own.admin.token });
    expect(await inbox(own.admin.token)).toMatchObject({ status: 200 });
    expect((await inbox(own.admin.token)).json).toEqual({
      inbox: [
        {
          id: asked.id,
          type: 'join_request',
          status: 'pending',
          created_at: asked.created_at,
          updated_at: asked.updated_at,
          payload: {
            user_id: asking.id,
            user_email: asking.email,
            team_id: own.defaultTeamId,
            team: listed.teams[0],
          },
        },
      ],
      next_cursor: null,
    });
  });

  test('is read page by page', async () => {
    const own = await newTenant(server, client);
    const asked: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      asked.push((await ask((await somebody(server)).token, own.defaultTeamId)).json.id);
    }
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { json: { inbox: { id: string }[]; next_cursor: string | null } } = await inbox(
        own.admin.token,
        `?limit=2&cursor=${cursor}`,
      );
      seen.push(...page.json.inbox.map(({ id }) => id));
      cursor = page.json.next_cursor;
    }
    expect(seen).toEqual(asked);
    expect(await inbox(own.admin.token, '?cursor=junk')).toMatchObject(
      refused(400, 'invalid query parameter cursor'),
    );
    expect(await inbox(own.admin.token, '?limit=0')).toMatchObject(
      refused(400, 'invalid query parameter limit'),
    );
  });

  test('is for users', async () => {
    expect(await inbox(undefined)).toMatchObject(UNAUTHORIZED);
    expect(await inbox(await createKey(client, tenant, 'admin'))).toMatchObject(FORBIDDEN);
  });
});
