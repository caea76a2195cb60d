import { beforeEach, describe, expect, test } from 'vitest';
import { newPrompt } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

let promptId: string;
beforeEach(async () => {
  promptId = (await newPrompt(client, admin)).id;
});

const at = (path = '') => `/v1/prompts/${promptId}/versions${path}`;
const call = (method: string, path: string, body?: object) =>
  client(method, path, { token: admin.token, body });
const create = async (body: object) => (await call('POST', at(), body)).json.version;

const variable = (path: string, ...marks: string[]) => ({
  path,
  printed: marks.includes('printed'),
  tested: marks.includes('tested'),
  ranged: marks.includes('ranged'),
  compared: marks.includes('compared'),
  optional: marks.includes('optional'),
});
const ORDER =
  '{{range .items}}{{.title}}{{if eq .kind "gift"}}{{.note}}{{end}}{{end}}{{index .labels "first name"}}';
const ORDER_VARIABLES = [
  variable('items', 'ranged'),
  variable('items[].kind', 'compared'),
  variable('items[].note', 'printed', 'optional'),
  variable('items[].title', 'printed'),
  variable('labels'),
  variable('labels["first name"]', 'printed', 'optional'),
];
const NAME = [variable('name', 'printed')];
const forgetVariables = () =>
  server.sql('update versions set variables = null where prompt_id = $1', [promptId]);

describe('the variables of a version', () => {
  test('are what its template reads, in the answer that makes it', async () => {
    expect((await create({ template: ORDER })).variables).toEqual(ORDER_VARIABLES);
    expect((await create({ template: 'No variables' })).variables).toEqual([]);
  });

  test('stand in every answer that holds a version', async () => {
    await create({ template: 'Hi {{.name}}' });
    const answers = [
      await call('GET', at('/1')),
      await call('PUT', at('/1'), { model: 'openai/gpt' }),
      await call('POST', at('/1/tags'), { tag: 'best' }),
      await call('GET', at('/best')),
      await call('POST', at('/1/promote')),
      await call('POST', at('/1/promote')),
      await call('POST', at('/1/demote')),
    ];
    for (const { json } of answers) expect(json.version.variables).toEqual(NAME);
    const { json: listed } = await call('GET', at());
    expect(listed.versions).toMatchObject([{ version: 1, variables: NAME }]);
    const { json: asked } = await call('GET', `/v1/prompts/${promptId}?version=1`);
    expect(asked.prompt.version.variables).toEqual(NAME);
  });

  test('change with the template, and only with it', async () => {
    await create({ template: 'Hi {{.name}}' });
    const changed = await call('PUT', at('/1'), { template: '{{if .formal}}Dear{{end}}' });
    expect(changed.json.version.variables).toEqual([variable('formal', 'tested')]);
    const settings = await call('PUT', at('/1'), { model_params: { a: 1 } });
    expect(settings.json.version.variables).toEqual([variable('formal', 'tested')]);
    const refused = await call('PUT', at('/1'), { template: '{{' });
    expect(refused.status).toBe(400);
    expect((await call('GET', at('/1'))).json.version.variables).toEqual([variable('formal', 'tested')]);
  });

  test.each(['default', 'zero'])('are all optional where its missing is %s', async (missing) => {
    const { variables } = await create({ template: ORDER, missing });
    expect(variables).toEqual(ORDER_VARIABLES.map((entry) => ({ ...entry, optional: true })));
    const strict = await call('PUT', at('/1'), { missing: 'error' });
    expect(strict.json.version.variables).toEqual(ORDER_VARIABLES);
  });

  test('are told of versions from before they were stored', async () => {
    await create({ template: ORDER });
    await create({ template: `${'x'.repeat(20_000)}{{.name}}` });
    await forgetVariables();
    expect((await call('GET', at('/1'))).json.version.variables).toEqual(ORDER_VARIABLES);
    const { json } = await call('GET', at());
    expect(json.versions).toMatchObject([{ variables: NAME }, { variables: ORDER_VARIABLES }]);
    expect((await call('PUT', at('/2'), { model: 'openai/gpt' })).json.version.variables).toEqual(NAME);
  });

  test('are none where a template from before is none to this engine', async () => {
    await create({ template: 'x' });
    await server.sql(`update versions set template = '{{ broken', variables = null where prompt_id = $1`, [
      promptId,
    ]);
    expect((await call('GET', at('/1'))).json.version).toMatchObject({
      template: '{{ broken',
      variables: [],
    });
  });

  test('are stored whatever keys a template names', async () => {
    const { variables } = await create({ template: '{{index . "\\u0000" "]" ""}}{{.Zoë}}{{.𝒳}}' });
    expect(variables.map(({ path }: { path: string }) => path)).toEqual([
      'Zoë',
      '["\\u0000"]["]"]',
      '["\\u0000"]["]"][""]',
      '𝒳',
    ]);
    expect((await call('GET', at('/1'))).json.version.variables).toEqual(variables);
  });

  test('tell the gateways nothing new: storing them publishes no version again', async () => {
    await create({ template: 'Hi {{.name}}' });
    await call('POST', at('/1/promote'));
    const revisions = () =>
      server.sql<{ reserved_revision: string }>('select reserved_revision from publisher_state');
    await expect.poll(() => server.sql('select from outbox')).toHaveLength(0);
    const before = await revisions();
    await forgetVariables();
    expect(await server.sql('select from outbox')).toHaveLength(0);
    expect(await revisions()).toEqual(before);
  });
});
