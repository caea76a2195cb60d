import { describe, expect, test } from 'vitest';
import { normalizeSlug } from '#prompts/slug.js';
import { join, newKey, newPerson, newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();
const stranger = await newPerson(server, client);

const FORBIDDEN = { status: 403, json: { error: 'forbidden' } };
const NO_PROMPT = { status: 404, json: { error: 'prompt not found' } };

const create = (body: object, teamId = admin.teamId) =>
  client('POST', `/v1/teams/${teamId}/prompts`, { token: admin.token, body });
const get = (path: string, token: string) => client('GET', `/v1/prompts/${path}`, { token });

test.each([
  ['Support Greeting!', 'support_greeting'],
  ['  --A  b--c__d--  ', 'a_b_c_d'],
  ['Grüße an Zoë №5', 'grüße_an_zoë_5'],
  ['歓迎メール 2', '歓迎メール_2'],
  ['٣ أهلا', '٣_أهلا'],
  ['!!!', undefined],
  ['', undefined],
  ['x'.repeat(255), 'x'.repeat(255)],
  ['x'.repeat(256), undefined],
])('%s becomes the slug %s', (text, slug) => {
  expect(normalizeSlug(text)).toBe(slug);
});

describe('creating a prompt', () => {
  test('gives it a slug from its name', async () => {
    const { status, json } = await create({ name: 'Support Greeting!', description: 'Greets' });
    expect(status).toBe(201);
    expect(json.prompt).toMatchObject({
      team_id: admin.teamId,
      slug: 'support_greeting',
      name: 'Support Greeting!',
      description: 'Greets',
      status: 'active',
    });
    expect(Object.keys(json.prompt).sort()).toEqual(
      ['id', 'team_id', 'slug', 'name', 'description', 'status', 'created_at', 'updated_at'].sort(),
    );
  });

  test('normalizes a slug that is given', async () => {
    const { json } = await create({ name: 'With a slug', slug: 'My-Slug' });
    expect(json.prompt).toMatchObject({ slug: 'my_slug', description: '' });
    const nulls = await create({ name: 'With nulls', slug: null, description: null });
    expect(nulls.json.prompt).toMatchObject({ slug: 'with_nulls', description: '' });
  });

  test.each([
    [{}, 'name is required'],
    [{ name: '' }, 'name is required'],
    [{ name: ' \n' }, 'name is required'],
    [{ name: '?!' }, 'invalid slug'],
    [{ name: 'fine', slug: '--' }, 'invalid slug'],
    [{ name: 'fine', slug: 'x'.repeat(300) }, 'invalid slug'],
    [{ name: 5 }, 'invalid request body'],
    [{ name: 'x'.repeat(256) }, 'invalid request body'],
    [{ name: 'a\u0000b' }, 'invalid request body'],
    [{ name: 'fine', description: 5 }, 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await create(body)).toMatchObject({ status: 400, json: { error } });
  });

  test('refuses a name or a slug that the team has, by exact name', async () => {
    await create({ name: 'Taken' });
    const taken = {
      status: 409,
      json: { error: 'prompt with this name or slug already exists; please provide a unique name' },
    };
    expect(await create({ name: 'Taken', slug: 'other' })).toMatchObject(taken);
    expect(await create({ name: 'TAKEN', slug: 'another' })).toMatchObject({ status: 201 });
    expect(await create({ name: 'Other', slug: 'taken' })).toMatchObject(taken);
    const teamId = await newTeam(server, admin.orgId, 'Elsewhere');
    expect(await create({ name: 'Taken' }, teamId)).toMatchObject({ status: 201 });
  });

  test('makes one of parallel creates of one name', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create({ name: 'Racing' })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  });

  test('says forbidden of a team of others, as of one that is not there', async () => {
    for (const teamId of [stranger.teamId, crypto.randomUUID()]) {
      expect(await create({ name: 'x' }, teamId)).toMatchObject(FORBIDDEN);
    }
    expect(await create({ name: 'x' }, 'junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });
});

describe('lists of prompts', () => {
  test('hold a team’s active prompts by slug, or its archived ones', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Listing');
    for (const name of ['b', 'a', 'c']) await create({ name }, teamId);
    await server.sql(`update prompts set status = 'archived' where team_id = $1 and slug = 'c'`, [teamId]);
    const slugs = async (path: string) => {
      const { json } = await client('GET', path, { token: admin.token });
      return json.prompts.map(({ slug }: { slug: string }) => slug);
    };
    for (const path of [
      `/v1/teams/${teamId}/prompts?`,
      `/v1/prompts?team_id=${teamId}`,
      `/v1/prompts?team=${teamId}`,
    ]) {
      expect(await slugs(path)).toEqual(['a', 'b']);
      expect(await slugs(`${path}&archived=false`)).toEqual(['a', 'b']);
      expect(await slugs(`${path}&archived=true`)).toEqual(['c']);
      expect(await client('GET', `${path}&archived=perhaps`, { token: admin.token })).toMatchObject({
        status: 400,
        json: { error: 'invalid query parameter archived' },
      });
    }
  });

  test('are empty without a team', async () => {
    expect(await client('GET', '/v1/prompts', { token: admin.token })).toMatchObject({
      status: 200,
      json: { prompts: [] },
    });
  });

  test('are forbidden for teams that I am not in', async () => {
    for (const teamId of [stranger.teamId, crypto.randomUUID()]) {
      for (const path of [`/v1/teams/${teamId}/prompts`, `/v1/prompts?team_id=${teamId}`]) {
        expect(await client('GET', path, { token: admin.token })).toMatchObject(FORBIDDEN);
      }
    }
    expect(await client('GET', '/v1/prompts?team_id=junk', { token: admin.token })).toMatchObject({
      status: 400,
      json: { error: 'invalid id' },
    });
  });
});

describe('reading a prompt', () => {
  test('works by id and by slug, with a version if one is asked for', async () => {
    const { id, slug } = await newPrompt(client, { ...admin, name: 'To read' });
    await newVersion(client, admin.token, id, 'first');
    await newVersion(client, admin.token, id, 'second');
    await client('POST', `/v1/prompts/${id}/versions/1/tags`, { token: admin.token, body: { tag: 'v.one' } });
    for (const reference of [id, id.toUpperCase(), slug]) {
      const { status, json } = await get(reference, admin.token);
      expect(status).toBe(200);
      expect(json.prompt).toMatchObject({ id, slug });
      expect(json.prompt).not.toHaveProperty('version');
    }
    for (const query of ['version=1', 'tag=v.one', 'version=v.one', 'version=1&tag=v.one']) {
      const { json } = await get(`${slug}?${query}`, admin.token);
      expect(json.prompt.version).toMatchObject({ version: 1, template: 'first', tags: ['v.one'] });
    }
    for (const query of [
      'version=3',
      'tag=none',
      'version=2&tag=v.one',
      'version=0',
      'version=99999999999',
    ]) {
      expect(await get(`${id}?${query}`, admin.token)).toMatchObject({
        status: 404,
        json: { error: 'version not found' },
      });
    }
  });

  test('shows archived ones as well', async () => {
    const { id, slug } = await newPrompt(client, admin);
    await server.sql(`update prompts set status = 'archived' where id = $1`, [id]);
    expect(await get(slug, admin.token)).toMatchObject({
      status: 200,
      json: { prompt: { status: 'archived' } },
    });
  });

  test('knows nothing of the prompts of others, nor of what is none', async () => {
    const { id, slug } = await newPrompt(client, { ...admin, name: 'Hidden' });
    for (const reference of [id, slug, crypto.randomUUID(), 'no_such_slug', 'a%00b', '%F0%9F%98%80', '-']) {
      expect(await get(reference, stranger.token)).toMatchObject(NO_PROMPT);
    }
    expect(await client('GET', `/v1/prompts/${id}`)).toMatchObject({ status: 401 });
  });

  test('asks which team is meant where several have the slug', async () => {
    const other = await newTeam(server, admin.orgId, 'Second');
    const here = await newPrompt(client, { ...admin, name: 'Twice' });
    const there = await newPrompt(client, { token: admin.token, teamId: other, name: 'Twice' });
    const { status, json } = await get('twice', admin.token);
    expect(status).toBe(409);
    expect(json).toEqual({
      error: 'slug is ambiguous; pass team_id',
      team_ids: [admin.teamId, other].sort(),
    });
    for (const [teamId, { id }] of [
      [admin.teamId, here],
      [other.toUpperCase(), there],
    ] as const) {
      expect(await get(`twice?team_id=${teamId}`, admin.token)).toMatchObject({ json: { prompt: { id } } });
    }
    expect(await get(`twice?team_id=${stranger.teamId}`, admin.token)).toMatchObject(NO_PROMPT);
    expect(await get(`${here.id}?team_id=${other}`, admin.token)).toMatchObject(NO_PROMPT);
    expect(await get('twice?team_id=junk', admin.token)).toMatchObject({
      status: 400,
      json: { error: 'invalid id' },
    });
    const member = await newPerson(server, client);
    await join(server, member, other, 'viewer');
    expect(await get('twice', member.token)).toMatchObject({ json: { prompt: { id: there.id } } });
    const key = await newKey(client, admin, 'read_render', [other]);
    expect(await get('twice', key)).toMatchObject({ json: { prompt: { id: there.id } } });
    const wide = await newKey(client, admin, 'read_render');
    expect(await get('twice', wide)).toMatchObject({ status: 409 });
  });
});
