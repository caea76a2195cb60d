import { describe, expect, test } from 'vitest';
import { newKey, newPerson, newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();
const key = await newKey(client, admin, 'read_render', [admin.teamId]);
const prompt = await newPrompt(client, admin);
await client('POST', `/v1/prompts/${prompt.id}/versions`, {
  token: admin.token,
  body: { template: 'Hello {{.name}}', model: 'm', model_params: { temperature: 0.2 } },
});

const render = (path: string, body: object, token = key) =>
  client('POST', `/v1/prompts/${path}/render`, { token, body });
const promote = (id: string, number: number) =>
  client('POST', `/v1/prompts/${id}/versions/${number}/promote`, { token: admin.token });

describe('rendering', () => {
  const variables = { name: 'Zoë' };

  test('needs a live version, or one that is named', async () => {
    expect(await render(prompt.slug, { variables })).toMatchObject({
      status: 404,
      json: { error: 'no live version found for this prompt' },
    });
    expect(await render(`${prompt.slug}/versions/1`, { variables })).toMatchObject({
      status: 200,
      json: { rendered: 'Hello Zoë', version: 1 },
    });
  });

  test('answers with the version, its tags and its model settings', async () => {
    await promote(prompt.id, 1);
    await promote(prompt.id, 1);
    await client('POST', `/v1/prompts/${prompt.id}/versions/1/tags`, {
      token: admin.token,
      body: { tag: 'prod' },
    });
    for (const token of [key, admin.token]) {
      for (const path of [
        prompt.slug,
        prompt.id,
        `${prompt.slug}/versions/prod`,
        `${prompt.id}/versions/1`,
      ]) {
        const { status, json } = await render(path, { variables }, token);
        expect(status).toBe(200);
        expect(json).toEqual({
          rendered: 'Hello Zoë',
          version: 1,
          slug: prompt.slug,
          tags: ['prod'],
          model: 'm',
          model_params: { temperature: 0.2 },
        });
      }
    }
    const { json } = await client('POST', `/v1/prompts/${prompt.slug}/render`, {
      headers: { 'x-api-key': key },
      body: { variables },
    });
    expect(json.rendered).toBe('Hello Zoë');
  });

  test('shows what was written a moment ago', async () => {
    const number = await newVersion(client, admin.token, prompt.id, 'Draft of {{.name}}');
    expect((await render(`${prompt.slug}/versions/${number}`, { variables })).json.rendered).toBe(
      'Draft of Zoë',
    );
    await client('PUT', `/v1/prompts/${prompt.id}/versions/${number}`, {
      token: admin.token,
      body: { template: 'Changed for {{.name}}' },
    });
    expect((await render(`${prompt.slug}/versions/${number}`, { variables })).json.rendered).toBe(
      'Changed for Zoë',
    );
  });

  test('fails on a missing variable, unless the version or the request says otherwise', async () => {
    const failure = await render(prompt.slug, {});
    expect(failure.status).toBe(422);
    expect(failure.json.error).toMatch(/^template execution failed: .*map has no entry for key "name"/);
    expect((await render(prompt.slug, { missing: 'default' })).json.rendered).toBe('Hello <no value>');
    const { json } = await client('POST', `/v1/prompts/${prompt.id}/versions`, {
      token: admin.token,
      body: { template: 'Hi {{.name}}', missing: 'zero' },
    });
    const lenient = `${prompt.slug}/versions/${json.version.version}`;
    expect((await render(lenient, {})).status).toBe(200);
    expect(await render(lenient, { missing: 'error' })).toMatchObject({ status: 422 });
  });

  test.each([
    [{ variables: [] }, 'variables must be a JSON object'],
    [{ variables: null }, 'variables must be a JSON object'],
    [{ variables: 'x' }, 'variables must be a JSON object'],
    [{ missing: 'perhaps' }, 'invalid request body'],
    [[], 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    for (const what of [prompt.slug, `${prompt.slug}/versions/1`]) {
      expect(await render(what, body)).toMatchObject({ status: 400, json: { error } });
    }
  });

  test('finds nothing where there is nothing, or nothing for the caller', async () => {
    const none = { status: 404, json: { error: 'prompt not found' } };
    const stranger = await newPerson(server, client);
    const elsewhere = await newKey(client, admin, 'all', [await newTeam(server, admin.orgId, 'Elsewhere')]);
    expect(await render('no_such', {})).toMatchObject(none);
    for (const token of [stranger.token, await newKey(client, stranger, 'admin'), elsewhere]) {
      expect(await render(prompt.slug, { variables }, token)).toMatchObject(none);
      expect(await render(`${prompt.id}/versions/1`, { variables }, token)).toMatchObject(none);
    }
    expect(await render(`${prompt.slug}/versions/99`, {})).toMatchObject({
      status: 404,
      json: { error: 'version not found' },
    });
    expect(await render(prompt.slug, {}, 'ak_junk')).toMatchObject({
      status: 401,
      json: { error: 'unauthorized' },
    });
  });

  test('reaches archived prompts and versions', async () => {
    const { id, slug } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id, 'old');
    await server.sql(`update prompts set status = 'archived' where id = $1`, [id]);
    await server.sql(`update versions set status = 'archived' where prompt_id = $1`, [id]);
    expect((await render(`${slug}/versions/1`, {})).json.rendered).toBe('old');
  });

  test('asks which team is meant where several have the slug', async () => {
    const other = await newTeam(server, admin.orgId, 'Other');
    const names = { token: admin.token, name: 'Twice' };
    for (const teamId of [admin.teamId, other]) {
      const { id } = await newPrompt(client, { ...names, teamId });
      await newVersion(client, admin.token, id, teamId);
    }
    const wide = await newKey(client, admin, 'all');
    for (const what of ['twice', 'twice/versions/1']) {
      expect(await render(what, {}, wide)).toMatchObject({
        status: 409,
        json: { error: 'slug is ambiguous; pass team_id', team_ids: [admin.teamId, other].sort() },
      });
    }
    const { json } = await client('POST', `/v1/prompts/twice/versions/1/render?team_id=${other}`, {
      token: wide,
      body: {},
    });
    expect(json.rendered).toBe(other);
  });
});
