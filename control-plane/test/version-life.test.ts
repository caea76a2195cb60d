import { beforeEach, describe, expect, test } from 'vitest';
import { newPrompt, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

let promptId: string;
beforeEach(async () => {
  promptId = (await newPrompt(client, admin)).id;
});

const call = (method: string, path: string, body?: object) =>
  client(method, `/v1/prompts/${promptId}${path}`, { token: admin.token, body });
const write = (template?: string) => newVersion(client, admin.token, promptId, template);
const tag = (version: number, name: string) => call('POST', `/versions/${version}/tags`, { tag: name });
const NO_VERSION = { status: 404, json: { error: 'version not found' } };

/** Takes a new draft to a status. */
async function versionThatIs(status: 'draft' | 'stable' | 'live' | 'archived'): Promise<number> {
  const number = await write();
  const verbs = { draft: [], stable: ['promote'], live: ['promote', 'promote'], archived: ['archive'] };
  for (const verb of verbs[status]) await call('POST', `/versions/${number}/${verb}`);
  return number;
}

const published = (document: string) =>
  server.sql<{ body: string | null }>('select body from feed_documents where key = $1', [
    `${document}:${promptId}:1`,
  ]);

describe('deleting a version', () => {
  test('takes a draft and its tags away, and gives its number to no other', async () => {
    await write();
    await write();
    await tag(1, 'stays');
    await tag(2, 'goes');
    expect(await call('DELETE', '/versions/2')).toMatchObject({ status: 204, json: undefined });
    for (const reference of ['2', 'goes']) {
      expect(await call('GET', `/versions/${reference}`)).toMatchObject(NO_VERSION);
    }
    expect((await call('GET', '/tags')).json.tags).toEqual([{ tag: 'stays', version: 1 }]);
    expect(await write()).toBe(3);
    const { json } = await call('GET', '/versions');
    expect(json.versions.map(({ version }: { version: number }) => version)).toEqual([3, 1]);
  });

  test('works by tag', async () => {
    await write();
    await tag(1, 'scrap');
    expect(await call('DELETE', '/versions/scrap')).toMatchObject({ status: 204 });
    expect(await call('DELETE', '/versions/scrap')).toMatchObject(NO_VERSION);
  });

  test('is for drafts alone', async () => {
    for (const status of ['stable', 'live', 'archived'] as const) {
      const number = await versionThatIs(status);
      expect(await call('DELETE', `/versions/${number}`)).toMatchObject({
        status: 422,
        json: { error: 'only draft versions can be deleted' },
      });
    }
    for (const reference of ['9', 'none', '0']) {
      expect(await call('DELETE', `/versions/${reference}`)).toMatchObject(NO_VERSION);
    }
  });

  test('reaches the gateways', async () => {
    await write();
    await expect.poll(() => published('version')).toMatchObject([{ body: expect.any(String) }]);
    await call('DELETE', '/versions/1');
    await expect
      .poll(async () => (await published('version')).filter(({ body }) => body !== null))
      .toEqual([]);
  });
});

describe('archiving a version', () => {
  test.each(['draft', 'stable', 'live'] as const)('ends the life of a %s one', async (status) => {
    const number = await versionThatIs(status);
    const before = (await call('GET', `/versions/${number}`)).json.version;
    expect(await call('POST', `/versions/${number}/archive`)).toMatchObject({
      status: 200,
      json: { version: { ...before, status: 'archived' } },
    });
    const refusals = [
      ['archive', 'version is already archived'],
      ['promote', 'cannot promote version'],
      ['demote', 'only live versions can be demoted'],
    ];
    for (const [verb, error] of refusals) {
      expect(await call('POST', `/versions/${number}/${verb}`)).toMatchObject({
        status: 422,
        json: { error },
      });
    }
    expect(await call('PUT', `/versions/${number}`, { template: 'x' })).toMatchObject({ status: 422 });
    expect(await call('GET', `/versions/${number}`)).toMatchObject({ status: 200 });
  });

  test('leaves no live version where it was the live one, and the version itself renderable', async () => {
    await versionThatIs('live');
    await tag(1, 'old');
    await call('POST', '/versions/1/archive');
    expect(await call('POST', '/render', { variables: { name: 'Ada' } })).toMatchObject({
      status: 404,
      json: { error: 'no live version found for this prompt' },
    });
    expect(await call('POST', '/versions/old/render', { variables: { name: 'Ada' } })).toMatchObject({
      status: 200,
      json: { rendered: 'Hello Ada' },
    });
  });

  test('needs a version that is there', async () => {
    expect(await call('POST', '/versions/1/archive')).toMatchObject(NO_VERSION);
  });
});

describe('duplicating a version', () => {
  test('makes a draft of the same template and settings, without its tags', async () => {
    const settings = {
      template: 'Dear {{.name}}',
      model: 'openai/gpt',
      model_params: { b: 1, a: [{ c: null }] },
      missing: 'zero',
    };
    const { json } = await call('POST', '/versions', settings);
    await tag(1, 'prod');
    await call('POST', '/versions/1/promote');
    await call('POST', '/versions/1/promote');
    await call('POST', '/payloads', { variables: { name: 'Ada' } });
    for (const [reference, number] of [
      ['1', 2],
      ['prod', 3],
    ] as const) {
      const { status, json: copied } = await call('POST', `/versions/${reference}/duplicate`);
      expect(status).toBe(201);
      expect(copied.version).toEqual({
        ...json.version,
        id: copied.version.id,
        version: number,
        created_at: copied.version.created_at,
      });
      expect(copied.version.id).not.toBe(json.version.id);
      expect(JSON.stringify(copied.version.model_params)).toBe(JSON.stringify(settings.model_params));
    }
    expect((await call('GET', '/tags')).json.tags).toEqual([{ tag: 'prod', version: 1 }]);
    expect((await call('GET', '/payloads')).json.payloads).toHaveLength(1);
  });

  test('takes any status', async () => {
    for (const status of ['draft', 'stable', 'live', 'archived'] as const) {
      const number = await versionThatIs(status);
      expect(await call('POST', `/versions/${number}/duplicate`)).toMatchObject({
        status: 201,
        json: { version: { version: number + 1, status: 'draft', published_at: null } },
      });
    }
    expect(await call('POST', '/versions/99/duplicate')).toMatchObject(NO_VERSION);
  });

  test('tells the variables of one from before they were stored', async () => {
    await write();
    await server.sql('update versions set variables = null where prompt_id = $1', [promptId]);
    const { json } = await call('POST', '/versions/1/duplicate');
    expect(json.version.variables).toMatchObject([{ path: 'name', printed: true }]);
  });
});

test('every change names what is wrong with the prompt’s id', async () => {
  const changes = [
    ['DELETE', '/versions/1'],
    ['POST', '/versions/1/archive'],
    ['POST', '/versions/1/duplicate'],
  ] as const;
  for (const [method, rest] of changes) {
    expect(await client(method, `/v1/prompts/junk${rest}`, admin)).toMatchObject({
      status: 400,
      json: { error: 'invalid prompt id' },
    });
    expect(await client(method, `/v1/prompts/${crypto.randomUUID()}${rest}`, admin)).toMatchObject({
      status: 404,
      json: { error: 'prompt not found' },
    });
  }
});
