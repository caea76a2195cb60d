import { beforeAll, describe, expect, test } from 'vitest';
import { newPrompt, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

let promptId: string;
async function freshPrompt(): Promise<void> {
  promptId = (await newPrompt(client, admin)).id;
}

const at = (path = '') => `/v1/prompts/${promptId}/versions${path}`;
const create = (body: object) => client('POST', at(), { token: admin.token, body });
const get = (reference: string | number) => client('GET', at(`/${reference}`), { token: admin.token });
const update = (reference: string | number, body: object) =>
  client('PUT', at(`/${reference}`), { token: admin.token, body });
const step = (verb: 'promote' | 'demote' | 'archive', reference: string | number) =>
  client('POST', at(`/${reference}/${verb}`), { token: admin.token });
const NO_VERSION = { status: 404, json: { error: 'version not found' } };

const REFUSED_SETTINGS: [object, unknown][] = [
  [
    { template: 'Hello {{.name' },
    expect.stringMatching(/^invalid template: template: \w+:1: unclosed action/),
  ],
  [{ template: '{{nosuch}}' }, expect.stringMatching(/^invalid template: .*function "nosuch" not defined/)],
  [{ template: 'x'.repeat(256 * 1024 + 1) }, expect.stringMatching(/^invalid template: /)],
  [{ template: '' }, 'template is required'],
  [{ template: null }, 'template is required'],
  [{ template: 5 }, 'invalid request body'],
  [{ template: 'a\u0000b' }, 'invalid request body'],
  [{ template: 'x', model: '' }, 'model must not be empty'],
  [{ template: 'x', model: ' ' }, 'model must not be empty'],
  [{ template: 'x', model: 5 }, 'invalid request body'],
  [{ template: 'x', model_params: [] }, 'model_params must be a JSON object'],
  [{ template: 'x', model_params: 'text' }, 'model_params must be a JSON object'],
  [{ template: 'x', missing: 'perhaps' }, 'invalid request body'],
];

describe('creating a version', () => {
  beforeAll(freshPrompt);

  test('makes drafts numbered 1, 2, 3', async () => {
    for (const number of [1, 2, 3]) {
      const { status, json } = await create({ template: `Version ${number}` });
      expect(status).toBe(201);
      expect(json.version).toMatchObject({
        prompt_id: promptId,
        version: number,
        template: `Version ${number}`,
        status: 'draft',
        missing: 'error',
        model: null,
        model_params: null,
        published_at: null,
        tags: [],
      });
    }
  });

  test('keeps the model settings as they were given', async () => {
    const model_params = { temperature: 0.2, b: [1, { c: null }], a: 'ü\u0000', nested: { z: 1, y: 2 } };
    const { json } = await create({ template: 'x', model: 'openai/gpt', model_params, missing: 'zero' });
    expect(json.version).toMatchObject({ model: 'openai/gpt', missing: 'zero' });
    expect(JSON.stringify(json.version.model_params)).toBe(JSON.stringify(model_params));
    const read = await get(json.version.version);
    expect(JSON.stringify(read.json.version.model_params)).toBe(JSON.stringify(model_params));
    const empty = await create({ template: 'x', model: null, model_params: {} });
    expect(empty.json.version).toMatchObject({ model: null, model_params: {} });
  });

  test.each([...REFUSED_SETTINGS, [{}, 'template is required'], [[], 'invalid request body']])(
    'refuses %.60j',
    async (body, error) => {
      expect(await create(body as object)).toMatchObject({ status: 400, json: { error } });
    },
  );

  test('takes templates of 256 KiB', async () => {
    expect(await create({ template: 'x'.repeat(256 * 1024) })).toMatchObject({ status: 201 });
  });

  test('names what is wrong with the prompt’s id', async () => {
    const post = (id: string) =>
      client('POST', `/v1/prompts/${id}/versions`, { token: admin.token, body: { template: 'x' } });
    expect(await post('junk')).toMatchObject({ status: 400, json: { error: 'invalid prompt id' } });
    expect(await post(crypto.randomUUID())).toMatchObject({
      status: 404,
      json: { error: 'prompt not found' },
    });
  });
});

describe('reading versions', () => {
  beforeAll(async () => {
    await freshPrompt();
    for (const template of ['one', 'two', 'three']) await newVersion(client, admin.token, promptId, template);
    await step('promote', 2);
    for (const [tag, number] of [
      ['b', 1],
      ['a', 1],
      ['c', 3],
    ]) {
      await client('POST', at(`/${number}/tags`), { token: admin.token, body: { tag } });
    }
  });

  test.each([
    ['', [3, 2, 1]],
    ['?status=draft', [3, 1]],
    ['?status=stable', [2]],
    ['?status=live', []],
    ['?status=', [3, 2, 1]],
    ['?tags=a', [1]],
    ['?tags=a,c', [3, 1]],
    ['?tags=none', []],
    ['?tags=a%00', []],
    ['?status=stable&tags=a', []],
  ])('lists %s newest first', async (query, numbers) => {
    const { status, json } = await client('GET', at(query), { token: admin.token });
    expect(status).toBe(200);
    expect(json.versions.map(({ version }: { version: number }) => version)).toEqual(numbers);
  });

  test('refuses a status that there is not', async () => {
    expect(await client('GET', at('?status=dead'), { token: admin.token })).toMatchObject({
      status: 400,
      json: { error: 'invalid query parameter status' },
    });
  });

  test('finds one by number and by tag', async () => {
    expect((await get(1)).json.version).toMatchObject({ version: 1, template: 'one', tags: ['a', 'b'] });
    expect((await get('c')).json.version).toMatchObject({ version: 3, template: 'three', tags: ['c'] });
    for (const reference of ['4', '0', '01', '-1', '2147483648', 'none', 'a%00b']) {
      expect(await get(reference)).toMatchObject(NO_VERSION);
    }
  });
});

describe('changing a version', () => {
  beforeAll(async () => {
    await freshPrompt();
    await create({ template: 'one', model: 'm', model_params: { a: 1 } });
  });

  test('changes what is named and leaves the rest', async () => {
    expect((await update(1, { template: 'two' })).json.version).toMatchObject({
      template: 'two',
      model: 'm',
      model_params: { a: 1 },
    });
    expect((await update(1, { model: 'n', model_params: { b: 2 } })).json.version).toMatchObject({
      template: 'two',
      model: 'n',
      model_params: { b: 2 },
    });
    expect((await update(1, { missing: 'default' })).json.version).toMatchObject({ missing: 'default' });
    expect((await update(1, { model: null, model_params: null })).json.version).toMatchObject({
      template: 'two',
      model: null,
      model_params: null,
    });
  });

  test.each([
    ...REFUSED_SETTINGS,
    [{}, 'template, model, or model_params is required'],
    [{ model_params: JSON.parse(`${'{"a":'.repeat(70)}1${'}'.repeat(70)}`) }, 'invalid request body'],
    [{ modelParams: {} }, 'template, model, or model_params is required'],
  ])('refuses %.60j', async (body, error) => {
    expect(await update(1, body)).toMatchObject({ status: 400, json: { error } });
  });

  test('is for drafts alone', async () => {
    expect(await update(9, { template: 'x' })).toMatchObject(NO_VERSION);
    for (let steps = 0; steps < 2; steps += 1) {
      await step('promote', 1);
      expect(await update(1, { template: 'x' })).toMatchObject({
        status: 422,
        json: { error: 'only draft versions can be modified' },
      });
    }
  });
});

describe('the life of a version', () => {
  beforeAll(async () => {
    await freshPrompt();
    await newVersion(client, admin.token, promptId);
    await newVersion(client, admin.token, promptId);
  });

  test('goes from draft to stable to live, and the one before steps down', async () => {
    expect((await step('promote', 1)).json.version).toMatchObject({ status: 'stable', published_at: null });
    const { json } = await step('promote', 1);
    expect(json.version.status).toBe('live');
    expect(Date.parse(json.version.published_at)).toBeGreaterThan(Date.now() - 60_000);
    await step('promote', 2);
    expect((await step('promote', 2)).json.version.status).toBe('live');
    expect((await get(1)).json.version).toMatchObject({
      status: 'stable',
      published_at: json.version.published_at,
    });
  });

  test('goes back from live to stable', async () => {
    const notLive = { status: 422, json: { error: 'only live versions can be demoted' } };
    expect(await step('demote', 1)).toMatchObject(notLive);
    expect((await step('demote', 2)).json.version.status).toBe('stable');
    expect(await step('demote', 2)).toMatchObject(notLive);
    expect(await step('demote', 7)).toMatchObject(NO_VERSION);
    expect(await step('promote', 7)).toMatchObject(NO_VERSION);
  });

  test('ends where it cannot go on', async () => {
    const refused = { status: 422, json: { error: 'cannot promote version' } };
    await step('promote', 2);
    expect(await step('promote', 2)).toMatchObject(refused);
    await server.sql(`update versions set status = 'archived' where prompt_id = $1`, [promptId]);
    expect(await step('promote', 1)).toMatchObject(refused);
    expect(await step('demote', 1)).toMatchObject({ status: 422 });
  });
});

describe('tags', () => {
  beforeAll(async () => {
    await freshPrompt();
    await newVersion(client, admin.token, promptId);
    await newVersion(client, admin.token, promptId);
  });

  const tag = (reference: string | number, body: object) =>
    client('POST', at(`/${reference}/tags`), { token: admin.token, body });
  const tagsPath = () => `/v1/prompts/${promptId}/tags`;

  test('move from version to version', async () => {
    expect((await tag(1, { tag: 'prod' })).json.version).toMatchObject({ version: 1, tags: ['prod'] });
    expect((await tag(1, { tag: 'A.b-c_1' })).json.version.tags).toEqual(['A.b-c_1', 'prod']);
    expect((await tag(2, { tag: 'prod' })).json.version).toMatchObject({ version: 2, tags: ['prod'] });
    expect((await get(1)).json.version.tags).toEqual(['A.b-c_1']);
    expect((await tag('prod', { tag: 'by-tag' })).json.version.version).toBe(2);
    const { json } = await client('GET', tagsPath(), { token: admin.token });
    expect(json.tags).toEqual([
      { tag: 'A.b-c_1', version: 1 },
      { tag: 'by-tag', version: 2 },
      { tag: 'prod', version: 2 },
    ]);
  });

  test.each([
    [{}, 'tag is required'],
    [{ tag: '' }, 'tag is required'],
    [{ tag: '123' }, 'invalid tag'],
    [{ tag: 'a b' }, 'invalid tag'],
    [{ tag: 'ä' }, 'invalid tag'],
    [{ tag: 'a\u0000' }, 'invalid tag'],
    [{ tag: 'x'.repeat(51) }, 'invalid tag'],
  ])('are not %j', async (body, error) => {
    expect(await tag(1, body)).toMatchObject({ status: 400, json: { error } });
  });

  test('come off', async () => {
    const remove = (name: string) => client('DELETE', `${tagsPath()}/${name}`, { token: admin.token });
    await tag(1, { tag: 'brief' });
    expect(await remove('brief')).toMatchObject({ status: 204, json: undefined });
    for (const name of ['brief', 'a%00b']) {
      expect(await remove(name)).toMatchObject({ status: 404, json: { error: 'tag not found' } });
    }
    expect(await tag(9, { tag: 'x' })).toMatchObject(NO_VERSION);
  });
});
