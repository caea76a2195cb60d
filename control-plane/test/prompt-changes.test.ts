import { beforeAll, describe, expect, test } from 'vitest';
import { join, newKey, newPerson, newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();
const editor = await newPerson(server, client);
const stranger = await newPerson(server, client);
await join(server, editor, admin.teamId, 'editor');

const FORBIDDEN = { status: 403, json: { error: 'forbidden' } };
const NO_PROMPT = { status: 404, json: { error: 'prompt not found' } };
const INVALID_PROMPT_ID = { status: 400, json: { error: 'invalid prompt id' } };

const call = (method: string, path: string, body?: unknown, { token } = admin) =>
  client(method, `/v1/prompts/${path}`, { token, body });
const read = async (id: string) => (await call('GET', id)).json.prompt;

describe('describing a prompt', () => {
  test('changes the description and the time of change, and nothing else', async () => {
    const { id } = await newPrompt(client, admin);
    const before = await read(id);
    const { status, json } = await call('PUT', id, { description: 'Says hello' }, editor);
    expect(status).toBe(200);
    expect(json.prompt).toEqual({
      ...before,
      description: 'Says hello',
      updated_at: json.prompt.updated_at,
    });
    expect(json.prompt.updated_at > before.updated_at).toBe(true);
    expect(await read(id)).toEqual(json.prompt);
    expect((await call('PUT', id, { description: null, name: 'stays' })).json.prompt).toMatchObject({
      description: '',
      name: before.name,
    });
  });

  test.each([
    [{}],
    [{ description: 5 }],
    [{ description: 'x'.repeat(10_001) }],
    [{ description: '\u0000' }],
    [[]],
  ])('refuses %j', async (body) => {
    const { id } = await newPrompt(client, admin);
    expect(await call('PUT', id, body)).toMatchObject({
      status: 400,
      json: { error: 'invalid request body' },
    });
  });
});

describe('archiving a prompt', () => {
  test('takes it off the list and leaves all else as it was, until it is restored', async () => {
    const { id, slug } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id);
    const before = await read(id);
    const archived = await call('POST', `${id}/archive`);
    expect(archived).toMatchObject({ status: 200, json: { prompt: { id, status: 'archived' } } });
    expect(archived.json.prompt.updated_at > before.updated_at).toBe(true);
    expect(await call('POST', `${id}/archive`)).toMatchObject({ status: 200, json: archived.json });

    expect((await call('GET', slug)).json.prompt.status).toBe('archived');
    expect(await call('POST', `${slug}/versions/1/render`, { variables: { name: 'Ada' } })).toMatchObject({
      status: 200,
      json: { rendered: 'Hello Ada' },
    });
    expect(await newVersion(client, admin.token, id)).toBe(2);
    const listed = async (query: string) =>
      (await client('GET', `/v1/prompts?team_id=${admin.teamId}${query}`, admin)).json.prompts.some(
        (prompt: { id: string }) => prompt.id === id,
      );
    expect([await listed(''), await listed('&archived=true')]).toEqual([false, true]);

    const restored = await call('POST', `${id}/restore`);
    expect(restored).toMatchObject({ status: 200, json: { prompt: { id, status: 'active' } } });
    expect(await call('POST', `${id}/restore`)).toMatchObject({ status: 200, json: restored.json });
    expect([await listed(''), await listed('&archived=true')]).toEqual([true, false]);
  });

  test('keeps its slug and name taken', async () => {
    const { id } = await newPrompt(client, { ...admin, name: 'Kept' });
    await call('POST', `${id}/archive`);
    expect(
      await client('POST', `/v1/teams/${admin.teamId}/prompts`, { ...admin, body: { name: 'Kept' } }),
    ).toMatchObject({ status: 409 });
  });
});

describe('moving a prompt', () => {
  const EXISTS = {
    status: 409,
    json: { error: 'prompt with this name or slug already exists; please provide a unique name' },
  };
  const NO_TARGET = { status: 404, json: { error: 'target team not found' } };
  let target: string;

  beforeAll(async () => {
    target = await newTeam(server, admin.orgId, 'Target');
  });

  test('takes its versions, tags and payloads along', async () => {
    const { id, slug } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id);
    await call('POST', `${id}/versions/1/tags`, { tag: 'first' });
    await call('POST', `${id}/payloads`, { variables: { name: 'Ada' } });
    const before = await read(id);
    const { status, json } = await call('POST', `${id}/move`, { team_id: target });
    expect(status).toBe(200);
    expect(json.prompt).toEqual({ ...before, team_id: target, updated_at: json.prompt.updated_at });
    expect(json.prompt.updated_at > before.updated_at).toBe(true);
    expect((await call('GET', `${slug}?team_id=${target}&tag=first`)).json.version.version).toBe(1);
    expect((await call('GET', `${id}/payloads`)).json.payloads).toHaveLength(1);
    expect(await call('GET', `${slug}?team_id=${admin.teamId}`)).toMatchObject(NO_PROMPT);
    expect(await call('GET', id, undefined, editor)).toMatchObject(NO_PROMPT);
  });

  test('leads to another organization, for who is admin there as well', async () => {
    const { id } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id);
    expect(await call('POST', `${id}/move`, { team_id: stranger.teamId })).toMatchObject(NO_TARGET);
    await join(server, admin, stranger.teamId, 'editor');
    expect(await call('POST', `${id}/move`, { team_id: stranger.teamId })).toMatchObject(FORBIDDEN);
    await server.sql(`update team_members set role = 'admin' where user_id = $1 and team_id = $2`, [
      admin.id,
      stranger.teamId,
    ]);
    expect(await call('POST', `${id}/move`, { team_id: stranger.teamId.toUpperCase() })).toMatchObject({
      status: 200,
      json: { prompt: { team_id: stranger.teamId } },
    });
    expect(await call('GET', `${id}/versions/1`, undefined, stranger)).toMatchObject({ status: 200 });
    expect(await call('GET', id, undefined, editor)).toMatchObject(NO_PROMPT);
    expect(await server.sql('select org_id from prompts where id = $1', [id])).toEqual([
      { org_id: stranger.orgId },
    ]);
  });

  test('to where it is changes nothing', async () => {
    const { id } = await newPrompt(client, admin);
    const before = await read(id);
    expect(await call('POST', `${id}/move`, { team_id: admin.teamId })).toMatchObject({
      status: 200,
      json: { prompt: before },
    });
  });

  test.each([[{}], [{ team_id: null }], [{ team_id: '' }], [{ team_id: 'junk' }], [{ team_id: 5 }]])(
    'refuses %j',
    async (body) => {
      const { id } = await newPrompt(client, admin);
      expect(await call('POST', `${id}/move`, body)).toMatchObject({
        status: 400,
        json: { error: 'invalid target team_id' },
      });
    },
  );

  test('wants a body, and a team that is there', async () => {
    const { id } = await newPrompt(client, admin);
    expect(await call('POST', `${id}/move`)).toMatchObject({
      status: 400,
      json: { error: 'invalid request body' },
    });
    expect(await call('POST', `${id}/move`, { team_id: crypto.randomUUID() })).toMatchObject(NO_TARGET);
  });

  test('does not go where its slug or its name is taken', async () => {
    const create = async (teamId: string, body: object) =>
      (await client('POST', `/v1/teams/${teamId}/prompts`, { ...admin, body })).json.prompt.id;
    const here = await create(admin.teamId, { name: 'One', slug: 'one' });
    await create(target, { name: 'Another', slug: 'one' });
    expect(await call('POST', `${here}/move`, { team_id: target })).toMatchObject(EXISTS);
    const there = await create(target, { name: 'Two', slug: 'two' });
    await create(admin.teamId, { name: 'Two', slug: 'other' });
    expect(await call('POST', `${there}/move`, { team_id: admin.teamId })).toMatchObject(EXISTS);
    expect((await read(here)).team_id).toBe(admin.teamId);
  });

  test('is for keys that reach both teams', async () => {
    const { id } = await newPrompt(client, admin);
    const narrow = { token: await newKey(client, admin, 'all', [admin.teamId]) };
    const wide = { token: await newKey(client, admin, 'all', [admin.teamId, target]) };
    const body = { team_id: target };
    expect(await call('POST', `${id}/move`, body, { ...admin, ...narrow })).toMatchObject(NO_TARGET);
    expect(await call('POST', `${id}/move`, body, { ...admin, ...wide })).toMatchObject({ status: 200 });
    expect(await call('POST', `${id}/move`, body, { ...admin, ...narrow })).toMatchObject(NO_PROMPT);
  });
});

test('every change names what is wrong with the prompt’s id', async () => {
  const { id } = await newPrompt(client, admin);
  const changes = [
    ['PUT', '', { description: 'x' }],
    ['POST', '/archive', undefined],
    ['POST', '/restore', undefined],
    ['POST', '/move', { team_id: admin.teamId }],
  ] as const;
  for (const [method, rest, body] of changes) {
    expect(await call(method, `junk${rest}`, body)).toMatchObject(INVALID_PROMPT_ID);
    expect(await call(method, `${crypto.randomUUID()}${rest}`, body)).toMatchObject(NO_PROMPT);
    expect(await call(method, `${id}${rest}`, body, stranger)).toMatchObject(NO_PROMPT);
  }
});
