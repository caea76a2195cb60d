import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { type Client, documentedClient } from './documented-client.js';
import { startControlPlane } from './running-control-plane.js';

/** Everything that changes one prompt, at once, at two control planes on one database. */

const { server, client: first, admin } = await startWithAdmin();
const replica = await startControlPlane({}, server);
afterAll(() => replica.close());
const clients = [first, await documentedClient(replica.url)] as const;

let promptId: string;
let calls = 0;
beforeEach(async () => {
  promptId = await freshPrompt();
});

/** By turns at the one and the other. */
const client: Client = (method, path, call) => {
  calls += 1;
  return clients[calls % 2 === 0 ? 0 : 1](method, path, call);
};
const freshPrompt = async (teamId = admin.teamId, name?: string) =>
  (await newPrompt(client, { token: admin.token, teamId, ...(name !== undefined && { name }) })).id;
const write = (template?: string) => newVersion(client, admin.token, promptId, template);
const on = (method: string, path: string, body?: object) =>
  client(method, `/v1/prompts/${promptId}${path}`, { token: admin.token, body });
const times = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort();

interface Step {
  readonly version: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** @returns the steps of the prompt's versions from status to status, as the audit log has them */
const history = () =>
  server.sql<Step>(
    `select target_id as version, before ->> 'status' as from, after ->> 'status' as to from audit_log
     where prompt_id = $1 and target_type = 'version'
       and (before ->> 'status') is distinct from (after ->> 'status') order by id`,
    [promptId],
  );

describe('all that can be done to versions, at once,', () => {
  const VERSIONS = 8;
  const deeds = (number: number) => [
    on('POST', `/versions/${number}/tags`, { tag: 'prod' }),
    on('POST', `/versions/${number}/tags`, { tag: `v.${number}` }),
    on('DELETE', '/tags/prod'),
    on('POST', `/versions/${number}/duplicate`),
    on('POST', '/versions', { template: 'new' }),
    // A draft that is promoted is neither changed nor deleted, and those are the quicker calls.
    ...(number % 2 === 0
      ? [
          on('PUT', `/versions/${number}`, { template: 'changed' }),
          on('DELETE', `/versions/${number}`),
          on('POST', `/versions/${number}/archive`),
        ]
      : [
          on('POST', `/versions/${number}/promote`),
          on('POST', `/versions/${number}/promote`),
          on('POST', `/versions/${number}/demote`),
          ...(number % 3 === 0 ? [on('POST', `/versions/${number}/archive`)] : []),
        ]),
  ];

  test('leaves one live version at most, and a history in which each step follows from the one before', {
    timeout: 30_000,
  }, async () => {
    for (const _ of times(VERSIONS)) await write('Hello');
    const answers = await Promise.all([...times(VERSIONS), ...times(VERSIONS)].flatMap(deeds));
    expect(answers.filter(({ status }) => ![200, 201, 204, 404, 422].includes(status))).toEqual([]);

    const rows = await server.sql<{ id: string; version: number; status: string; is_newest: boolean }>(
      `select id, version, status, published_at = max(published_at) over () as is_newest
       from versions where prompt_id = $1 order by version`,
      [promptId],
    );
    const live = rows.filter(({ status }) => status === 'live');
    expect(live.length).toBeLessThanOrEqual(1);
    expect(live.every(({ is_newest }) => is_newest)).toBe(true);

    const now = new Map<string, string | null>();
    let livesNow = 0;
    for (const { version, from, to } of await history()) {
      expect(from).toBe(now.get(version) ?? null);
      if (to === null) expect(from).toBe('draft');
      livesNow += Number(to === 'live') - Number(from === 'live');
      expect(livesNow).toBeLessThanOrEqual(1);
      now.set(version, to);
    }
    expect(Object.fromEntries(rows.map(({ id, status }) => [id, status]))).toEqual(
      Object.fromEntries([...now].filter(([, status]) => status !== null)),
    );

    const made = answers.filter(({ status }) => status === 201).map(({ json }) => json.version.version);
    expect(made.toSorted((one, other) => one - other)).toEqual(
      times(made.length).map((number) => VERSIONS + number),
    );
  });
});

test('50 parallel duplicates and creates make numbers without gap or repeat', async () => {
  await write();
  const answers = await Promise.all(
    times(25).flatMap(() => [
      on('POST', '/versions/1/duplicate'),
      on('POST', '/versions', { template: 'x' }),
    ]),
  );
  expect(answers.map(({ json }) => json.version.version).toSorted((one, other) => one - other)).toEqual(
    times(50).map((number) => number + 1),
  );
});

test('a draft is deleted once, or promoted and kept', async () => {
  for (const round of times(10)) {
    await write();
    const [promoted, ...deleted] = await Promise.all([
      on('POST', `/versions/${round}/promote`),
      ...times(4).map(() => on('DELETE', `/versions/${round}`)),
    ]);
    expect([promoted.status, ...statuses(deleted)]).toEqual(
      promoted.status === 200 ? [200, 422, 422, 422, 422] : [404, 204, 404, 404, 404],
    );
  }
});

test('a tag never outlives the draft that it stands on', async () => {
  for (const round of times(10)) {
    await write();
    const [tagged, deleted] = await Promise.all([
      on('POST', `/versions/${round}/tags`, { tag: `t.${round}` }),
      on('DELETE', `/versions/${round}`),
    ]);
    expect([200, 404]).toContain(tagged.status);
    expect(deleted.status).toBe(204);
  }
  expect((await on('GET', '/tags')).json.tags).toEqual([]);
  const [row] = await server.sql<{ search: string }>('select search from prompts where id = $1', [promptId]);
  expect(row?.search).not.toContain('t.');
});

test('the live version is archived once, by whoever comes first', async () => {
  await write();
  await on('POST', '/versions/1/promote');
  await on('POST', '/versions/1/promote');
  const answers = await Promise.all(times(10).map(() => on('POST', '/versions/1/archive')));
  expect(statuses(answers)).toEqual([200, ...Array(9).fill(422)]);
});

test('parallel archiving and restoring of a prompt gives each what it asked for', async () => {
  const verbs = times(20).map((number) => (number % 2 === 0 ? 'archive' : 'restore'));
  const answers = await Promise.all(verbs.map((verb) => on('POST', `/${verb}`)));
  expect(answers.map(({ json }) => json.prompt.status)).toEqual(
    verbs.map((verb) => (verb === 'archive' ? 'archived' : 'active')),
  );
});

describe('moves', () => {
  test('race creates and other moves of the same slug, and one of them gets it', async () => {
    const target = await newTeam(server, admin.orgId, 'Contested');
    const third = await newTeam(server, admin.orgId, 'Third');
    for (const round of times(8)) {
      const name = `Racing ${round}`;
      const ids = [await freshPrompt(admin.teamId, name), await freshPrompt(third, name)];
      const answers = await Promise.all([
        ...ids.map((id) =>
          client('POST', `/v1/prompts/${id}/move`, { token: admin.token, body: { team_id: target } }),
        ),
        ...times(3).map(() =>
          client('POST', `/v1/teams/${target}/prompts`, { token: admin.token, body: { name } }),
        ),
      ]);
      const [first = 0, ...others] = statuses(answers);
      expect([200, 201]).toContain(first);
      expect(others).toEqual([409, 409, 409, 409]);
      expect(
        await server.sql('select from prompts where team_id = $1 and name = $2', [target, name]),
      ).toHaveLength(1);
    }
  });

  test('to and fro leave the prompt in one of the teams, with all its versions', async () => {
    const other = await newTeam(server, admin.orgId, 'To and fro');
    const teams = times(20).map((number) => (number % 2 === 0 ? admin.teamId : other));
    const answers = await Promise.all(
      teams.flatMap((teamId) => [
        on('POST', '/move', { team_id: teamId }),
        on('POST', '/versions', { template: 'x' }),
        on('POST', '/payloads', { variables: {} }),
      ]),
    );
    expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
    expect(answers.filter((_, index) => index % 3 === 0).map(({ json }) => json.prompt.team_id)).toEqual(
      teams,
    );
    expect((await on('GET', '/versions')).json.versions).toHaveLength(20);
    expect((await on('GET', '/payloads')).json.payloads).toHaveLength(20);
  });
});
