import { decodeDocument, documentKey } from '@px0/contract';
import { createTestDatabase, type TestDatabase } from '@px0/test-bed';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DocumentLoader } from '#publishing/document-loader.js';
import { Tenant } from './tenant.js';

let database: TestDatabase;
let tenant: Tenant;
let client: pg.Client;
let logged: { msg: string; [field: string]: unknown }[];
let loader: DocumentLoader;

beforeEach(async () => {
  database = await createTestDatabase();
  tenant = await Tenant.create(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  logged = [];
  loader = new DocumentLoader(pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }));
});
afterEach(async () => {
  await client.end();
  await tenant.close();
  await database.drop();
});

async function loadOne(key: string) {
  const [document] = await loader.load(client, [key]);
  return document?.body == null ? null : decodeDocument(key, document.body);
}

describe('loading documents', () => {
  it('makes a key of its row and its teams', async () => {
    const everywhere = await tenant.apiKey(null);
    const somewhere = await tenant.apiKey([tenant.teamId]);
    const nowhere = await tenant.apiKey([]);
    const common = { kind: 'key', org_id: tenant.orgId, operation: 'read_render' };
    expect(await loadOne(everywhere)).toMatchObject({ ...common, team_ids: null });
    expect(await loadOne(somewhere)).toMatchObject({ ...common, team_ids: [tenant.teamId] });
    expect(await loadOne(nowhere)).toMatchObject({ ...common, team_ids: [] });
  });

  it('lists the prompts that carry a slug', async () => {
    const id = await tenant.prompt('hello');
    expect(await loadOne(documentKey.slug(tenant.orgId, 'hello'))).toMatchObject({
      prompts: [{ team_id: tenant.teamId, prompt_id: id }],
    });
  });

  it('gives a prompt its live version and its tags', async () => {
    const id = await tenant.prompt('hello');
    expect(await loadOne(documentKey.prompt(id))).toMatchObject({ live: null, tags: {}, slug: 'hello' });
    await tenant.version(id, 1, 'one', 'stable');
    await tenant.version(id, 2, 'two', 'live');
    await tenant.query(`insert into version_tags values ($1, 'a', 1), ($1, '__proto__', 2)`, [id]);
    const document = await loadOne(documentKey.prompt(id));
    expect(document).toMatchObject({ live: 2, team_id: tenant.teamId, org_id: tenant.orgId });
    expect(document?.kind === 'prompt' && Object.entries(document.tags)).toEqual([
      ['__proto__', 2],
      ['a', 1],
    ]);
  });

  it('gives a version its program and its model settings', async () => {
    const id = await tenant.prompt('hello');
    await tenant.version(id, 1, 'Hello {{.name}}');
    await tenant.query(`update versions set model = 'm', model_params = '{"t": 0.5}', missing = 'zero'`);
    expect(await loadOne(documentKey.version(id, 1))).toMatchObject({
      prompt_id: id,
      version: 1,
      missing: 'zero',
      model: 'm',
      model_params: { t: 0.5 },
      program: expect.objectContaining({}),
    });
  });

  it('answers in the order of the keys, null for what is not there, and nothing for what is no key', async () => {
    const id = await tenant.prompt('hello');
    const keys = [
      documentKey.version(id, 7),
      documentKey.prompt(id),
      'junk',
      documentKey.slug(tenant.orgId, 'other'),
      documentKey.prompt(tenant.orgId),
      documentKey.key('0'.repeat(64)),
    ];
    const documents = await loader.load(client, keys);
    expect(documents.map(({ key, body }) => [key, body !== null])).toEqual([
      [keys[0], false],
      [keys[1], true],
      [keys[3], false],
      [keys[4], false],
      [keys[5], false],
    ]);
    expect(logged).toMatchObject([{ key: 'junk' }]);
  });

  it('leaves out a version that does not compile, and names it in the log', async () => {
    const id = await tenant.prompt('hello');
    await tenant.version(id, 1, '{{ broken');
    await tenant.version(id, 2, 'whole');
    const keys = [documentKey.version(id, 1), documentKey.version(id, 2)];
    const documents = await loader.load(client, keys);
    expect(documents.map(({ body }) => body === null)).toEqual([true, false]);
    expect(logged).toMatchObject([{ prompt_id: id, version: 1, slug: 'hello' }]);
  });

  it('pages through everything there is, each document once', async () => {
    const expected = [await tenant.apiKey(null), await tenant.apiKey([])];
    await tenant.query(
      `insert into prompts (team_id, org_id, slug, name)
       select $1, $2, 'p' || n, 'p' || n from generate_series(1, 450) n`,
      [tenant.teamId, tenant.orgId],
    );
    await tenant.query(`insert into versions (prompt_id, version, template)
       select id, n, 'text' from prompts, generate_series(1, 2) n`);
    const { rows } = await tenant.query('select id, slug from prompts');
    for (const { id, slug } of rows) {
      expected.push(documentKey.prompt(id), documentKey.slug(tenant.orgId, slug));
      expected.push(documentKey.version(id, 1), documentKey.version(id, 2));
    }
    const keys: string[] = [];
    for await (const page of loader.loadAll(client)) keys.push(...page.map(({ key }) => key));
    expect(keys.sort()).toEqual(expected.sort());
  });
});
