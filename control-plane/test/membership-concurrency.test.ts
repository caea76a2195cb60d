import { afterAll, describe, expect, test } from 'vitest';
import { newPrompt } from './cast.js';
import { startForFile } from './control-plane-of-file.js';
import { type Answer, type Client, documentedClient } from './documented-client.js';
import {
  createKey,
  createTeam,
  newMember,
  newTenant,
  rolesIn,
  type Somebody,
  somebody,
  type Tenant,
} from './membership-scene.js';
import { startControlPlane } from './running-control-plane.js';

/** Two replicas, so that nothing in the memory of one keeps the order. */
const { server, client } = await startForFile();
const replica = await startControlPlane({}, server);
afterAll(() => replica.close());
const clients = [client, await documentedClient(replica.url)] as const;

/** Makes all calls at once, turn by turn on either replica. */
function atOnce(calls: readonly ((on: Client) => Promise<Answer>)[]): Promise<Answer[]> {
  return Promise.all(calls.map((call, index) => call(clients[index % 2 === 0 ? 0 : 1])));
}

const times = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, i) => make(i));

function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).sort((one, other) => one - other);
}

/** A team with two admins and nobody else in it, and the two. */
async function pair(team: 'Default Team' | 'Support'): Promise<{
  tenant: Tenant;
  teamId: string;
  admins: readonly [Somebody, Somebody];
}> {
  const tenant = await newTenant(server, client);
  const teamId = team === 'Default Team' ? tenant.defaultTeamId : await createTeam(client, tenant, 'Support');
  return { tenant, teamId, admins: [tenant.admin, await newMember(server, teamId, 'admin')] };
}

async function adminsLeft(teamId: string): Promise<number> {
  return Object.values(await rolesIn(server, teamId)).filter((role) => role === 'admin').length;
}

describe.each(['Default Team', 'Support'] as const)('a team keeps an admin: %s', (name) => {
  test('though 20 leave at once', async () => {
    const { teamId, admins } = await pair(name);
    const answers = await atOnce(
      times(
        20,
        (index) => (on) =>
          on('DELETE', `/v1/me/teams/${teamId}`, { token: admins[index % 4 < 2 ? 0 : 1].token }),
      ),
    );
    expect(await adminsLeft(teamId)).toBe(1);
    expect(statusesOf(answers).filter((status) => status === 204)).toHaveLength(1);
    for (const { status, json } of answers.filter((answer) => answer.status !== 204)) {
      expect([404, 422]).toContain(status);
      expect(['team not found', 'team must keep at least one admin']).toContain(json.error);
    }
  });

  test('though two demote and remove each other and themselves, 20 times at once', async () => {
    const { teamId, admins } = await pair(name);
    const answers = await atOnce(
      times(20, (index) => (on) => {
        const { token } = admins[index % 4 < 2 ? 0 : 1];
        const { id } = admins[index % 3 === 0 ? 0 : 1];
        const path = `/v1/teams/${teamId}/members/${id}`;
        return index % 5 === 0
          ? on('DELETE', path, { token })
          : on('PUT', `${path}/role`, { token, body: { role: 'viewer' } });
      }),
    );
    expect(await adminsLeft(teamId)).toBe(1);
    for (const { status } of answers) expect([200, 204, 400, 403, 404, 422]).toContain(status);
  });

  test('though two org admins take each other out of the organization', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { tenant, teamId, admins } = await pair('Default Team');
      const answers = await atOnce(
        times(
          2,
          (index) => (on) =>
            on('DELETE', `/v1/orgs/${tenant.orgId}/members/${admins[index === 0 ? 1 : 0].id}`, {
              token: admins[index === 0 ? 0 : 1].token,
            }),
        ),
      );
      // Who was faster is in; the other has no part in the organization by then.
      expect(statusesOf(answers)).toEqual([204, 404]);
      expect(await adminsLeft(teamId)).toBe(1);
    }
  });
});

test('a caller who has lost the right by the time of the turn is refused', async () => {
  const { tenant, teamId, admins } = await pair('Support');
  const [, loser] = admins;
  const person = await newMember(server, tenant.defaultTeamId, 'viewer');
  for (let round = 0; round < 10; round += 1) {
    const [demoted, added] = await atOnce([
      (on) =>
        on('PUT', `/v1/teams/${teamId}/members/${loser.id}/role`, {
          token: tenant.admin.token,
          body: { role: 'editor' },
        }),
      (on) => on('POST', `/v1/teams/${teamId}/members`, { token: loser.token, body: { user_id: person.id } }),
    ]);
    expect(demoted?.status).toBe(200);
    expect([204, 403]).toContain(added?.status);
    expect(person.id in (await rolesIn(server, teamId))).toBe(added?.status === 204);
    await server.sql('delete from team_members where team_id = $1 and user_id = $2', [teamId, person.id]);
    await server.sql(`update team_members set role = 'admin' where team_id = $1 and user_id = $2`, [
      teamId,
      loser.id,
    ]);
  }
});

test('of 20 who approve a request at once one does, and it joins once', async () => {
  const tenant = await newTenant(server, client);
  const asking = await somebody(server);
  const path = `/v1/teams/${tenant.defaultTeamId}/join-requests`;
  const { json } = await client('POST', path, { token: asking.token });
  const answers = await atOnce(
    times(
      20,
      () => (on) =>
        on('PUT', `/v1/join-requests/${json.id}`, {
          token: tenant.admin.token,
          body: { status: 'approved' },
        }),
    ),
  );
  expect(statusesOf(answers)).toEqual([200, ...times(19, () => 400)]);
  expect(await rolesIn(server, tenant.defaultTeamId)).toEqual({
    [tenant.admin.id]: 'admin',
    [asking.id]: 'viewer',
  });
});

test('who asks to join 20 times at once has one request pending', async () => {
  const tenant = await newTenant(server, client);
  const asking = await somebody(server);
  const answers = await atOnce(
    times(
      20,
      () => (on) => on('POST', `/v1/teams/${tenant.defaultTeamId}/join-requests`, { token: asking.token }),
    ),
  );
  expect(statusesOf(answers)).toEqual([201, ...times(19, () => 409)]);
});

test('who is added while asking to join is a member, with nothing pending', async () => {
  const tenant = await newTenant(server, client);
  const teamId = await createTeam(client, tenant, 'Support');
  for (let round = 0; round < 10; round += 1) {
    const person = await newMember(server, tenant.defaultTeamId, 'viewer');
    const [asked, added] = await atOnce([
      (on) => on('POST', `/v1/teams/${teamId}/join-requests`, { token: person.token }),
      (on) =>
        on('POST', `/v1/teams/${teamId}/members`, {
          token: tenant.admin.token,
          body: { user_id: person.id },
        }),
    ]);
    expect([201, 400]).toContain(asked?.status);
    expect(added?.status).toBe(204);
    expect(
      await server.sql(`select from join_requests where user_id = $1 and status = 'pending'`, [person.id]),
    ).toEqual([]);
  }
});

test('of 20 who are first in a team one is its admin', async () => {
  const tenant = await newTenant(server, client);
  const key = await createKey(client, tenant, 'admin');
  const { json } = await client('POST', `/v1/orgs/${tenant.orgId}/teams`, {
    token: key,
    body: { name: 'Empty' },
  });
  const people = await Promise.all(times(20, () => newMember(server, tenant.defaultTeamId, 'viewer')));
  const answers = await atOnce(
    people.map(
      ({ id }) =>
        (on) =>
          on('POST', `/v1/teams/${json.team.id}/members`, { token: key, body: { user_id: id } }),
    ),
  );
  expect(statusesOf(answers)).toEqual(times(20, () => 204));
  expect(Object.values(await rolesIn(server, json.team.id)).sort()).toEqual([
    'admin',
    ...times(19, () => 'editor'),
  ]);
});

test('of 20 teams of one name one is made', async () => {
  const tenant = await newTenant(server, client);
  const answers = await atOnce(
    times(
      20,
      (index) => (on) =>
        on('POST', `/v1/orgs/${tenant.orgId}/teams`, {
          token: tenant.admin.token,
          body: { name: index % 2 === 0 ? 'Support' : 'SUPPORT' },
        }),
    ),
  );
  expect(statusesOf(answers)).toEqual([201, ...times(19, () => 409)]);
});

test('an organization that is deleted amid all kinds of changes leaves nothing', async () => {
  const target = await newTenant(server, client);
  for (let round = 0; round < 5; round += 1) {
    const doomed = await newTenant(server, client, target.admin);
    const { token } = doomed.admin;
    const teamId = await createTeam(client, doomed, 'Support');
    const person = await newMember(server, doomed.defaultTeamId, 'viewer');
    const stranger = await somebody(server);
    const request = await client('POST', `/v1/teams/${teamId}/join-requests`, { token: stranger.token });
    const prompt = await newPrompt(client, { token, teamId });
    const organization = `/v1/orgs/${doomed.orgId}`;
    const team = `/v1/teams/${teamId}`;
    const calls: [string, string, string, object?][] = [
      ['POST', `${organization}/teams`, token, { name: 'New' }],
      ['POST', `${team}/members`, token, { user_id: person.id }],
      ['POST', `/v1/teams/${doomed.defaultTeamId}/join-requests`, stranger.token],
      ['DELETE', organization, token],
      ['PUT', `/v1/join-requests/${request.json.id}`, token, { status: 'approved' }],
      ['PUT', organization, token, { name: 'Renamed' }],
      ['POST', `${team}/prompts`, token, { name: 'Late' }],
      ['POST', `/v1/prompts/${prompt.id}/versions`, token, { template: 'late' }],
      ['POST', '/v1/api-keys', token, { name: 'late', org_id: doomed.orgId, team_ids: [teamId] }],
      ['PUT', team, token, { name: 'Renamed' }],
      ['DELETE', `/v1/me/teams/${doomed.defaultTeamId}`, person.token],
      ['GET', `${organization}/people`, token],
    ];
    const answers = await atOnce(
      calls.map(
        ([method, path, credential, body]) =>
          (on) =>
            on(method, path, { token: credential, ...(body && { body }) }),
      ),
    );
    for (const [index, { status }] of answers.entries()) {
      expect({ call: calls[index]?.slice(0, 2), isFailure: status >= 500 }).toMatchObject({
        isFailure: false,
      });
    }
    expect(answers[3]?.status).toBe(204);
    for (const table of ['teams', 'prompts', 'api_keys']) {
      expect(await server.sql(`select from ${table} where org_id = $1`, [doomed.orgId])).toEqual([]);
    }
    expect(await server.sql('select from team_members where user_id = $1', [person.id])).toEqual([]);
    expect(await server.sql('select from join_requests where user_id = $1', [stranger.id])).toEqual([]);
  }
});

test('teams that move in opposite directions all arrive', async () => {
  const one = await newTenant(server, client);
  const other = await newTenant(server, client, one.admin);
  const { token } = one.admin;
  const there = await Promise.all(times(6, (index) => createTeam(client, one, `There ${index}`)));
  const back = await Promise.all(times(6, (index) => createTeam(client, other, `Back ${index}`)));
  await Promise.all([...there, ...back].map((teamId) => newPrompt(client, { token, teamId })));
  const move = (teamId: string, index: number, orgId: string) => (on: Client) =>
    on('PUT', `/v1/teams/${teamId}`, { token, body: { name: `Moved ${index} ${teamId}`, org_id: orgId } });
  const answers = await atOnce([
    ...there.map((teamId, index) => move(teamId, index, other.orgId)),
    ...back.map((teamId, index) => move(teamId, index, one.orgId)),
  ]);
  expect(statusesOf(answers)).toEqual(times(12, () => 200));
  const rows = await server.sql<{ team_org: string; prompt_org: string; is_there: boolean }>(
    `select teams.org_id as team_org, prompts.org_id as prompt_org, teams.id = any($1::uuid[]) as is_there
     from teams join prompts on prompts.team_id = teams.id where teams.id = any($1::uuid[] || $2::uuid[])`,
    [there, back],
  );
  expect(rows).toHaveLength(12);
  for (const { team_org, prompt_org, is_there } of rows) {
    expect({ team_org, prompt_org }).toEqual({
      team_org: is_there ? other.orgId : one.orgId,
      prompt_org: team_org,
    });
  }
});

test('one team that is moved to and fro and changed meanwhile is where it was last moved to', async () => {
  const one = await newTenant(server, client);
  const other = await newTenant(server, client, one.admin);
  const { token } = one.admin;
  const teamId = await createTeam(client, one, 'Restless');
  const person = await newMember(server, one.defaultTeamId, 'viewer');
  const answers = await atOnce(
    times(
      20,
      (index) => (on) =>
        index % 4 === 3
          ? on('POST', `/v1/teams/${teamId}/members`, { token, body: { user_id: person.id } })
          : on('PUT', `/v1/teams/${teamId}`, {
              token,
              body: { name: 'Restless', org_id: index % 2 === 0 ? one.orgId : other.orgId },
            }),
    ),
  );
  for (const { status } of answers) expect([200, 204]).toContain(status);
  expect(await rolesIn(server, teamId)).toEqual({ [one.admin.id]: 'admin', [person.id]: 'editor' });
});

test('a key that is made for a team while it moves or goes is of no use elsewhere', async () => {
  const one = await newTenant(server, client);
  const other = await newTenant(server, client, one.admin);
  const { token } = one.admin;
  for (let round = 0; round < 6; round += 1) {
    const teamId = await createTeam(client, one, `Round ${round}`);
    const team = `/v1/teams/${teamId}`;
    const [made, changed] = await atOnce([
      (on) =>
        on('POST', '/v1/api-keys', { token, body: { name: 'k', org_id: one.orgId, team_ids: [teamId] } }),
      (on) =>
        round % 2 === 0
          ? on('DELETE', team, { token })
          : on('PUT', team, { token, body: { name: `Round ${round}`, org_id: other.orgId } }),
    ]);
    expect([201, 404]).toContain(made?.status);
    expect([200, 204]).toContain(changed?.status);
    const keys = await server.sql<{ all_teams: boolean; org_id: string }>(
      'select all_teams from api_keys where org_id = $1',
      [one.orgId],
    );
    expect(keys.filter(({ all_teams }) => all_teams)).toEqual([]);
    expect(await server.sql('select from api_key_teams where team_id = $1', [teamId])).toEqual([]);
    if (made?.status === 201) {
      expect(await client('GET', '/v1/prompts', { token: made.json.key })).toMatchObject({ status: 401 });
    }
  }
});
