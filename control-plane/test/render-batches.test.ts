import { describe, expect, test } from 'vitest';
import { newKey, newPerson, newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { recordStatements } from './recorded-statements.js';

const record = recordStatements();

const { server, client, admin } = await startWithAdmin();
const key = await newKey(client, admin, 'read_render', [admin.teamId]);
const prompt = await newPrompt(client, admin);
await newVersion(client, admin.token, prompt.id, 'Hello {{.name}}');
for (let steps = 0; steps < 2; steps += 1) {
  await client('POST', `/v1/prompts/${prompt.id}/versions/1/promote`, { token: admin.token });
}
await newVersion(client, admin.token, prompt.id, 'Draft for {{.name}}');
const tag = { token: admin.token, body: { tag: 'next' } };
await client('POST', `/v1/prompts/${prompt.id}/versions/2/tags`, tag);

const render = (renders: unknown, token = key) => client('POST', '/v1/renders', { token, body: { renders } });
const variables = { name: 'Zoë' };
const live = () => ({ slug: prompt.slug, variables });

describe('renders in one request', () => {
  test('are answered in their order, each as it would be by itself', async () => {
    const { slug, id } = prompt;
    const asked = [
      { slug, version: 'next', variables },
      { slug, variables },
      { slug: id, version: 2, variables },
      { slug, version: '1', missing: 'default' },
      { slug: id.toUpperCase(), team_id: admin.teamId, variables },
      { slug, team_id: '', variables },
    ];
    for (const token of [key, admin.token]) {
      const { status, json } = await render(asked, token);
      expect(status).toBe(200);
      const draft = { version: 2, rendered: 'Draft for Zoë', tags: ['next'] };
      const hello = { version: 1, rendered: 'Hello Zoë', tags: [] };
      const expected = [draft, hello, draft, { ...hello, rendered: 'Hello <no value>' }, hello, hello];
      expect(json.results).toEqual(
        expected.map((one) => ({ ...one, slug, model: null, model_params: null })),
      );
    }
  });

  test('fail each for itself', async () => {
    const other = await newTeam(server, admin.orgId, 'Other');
    for (const teamId of [admin.teamId, other]) {
      const { id } = await newPrompt(client, { token: admin.token, name: 'Twice', teamId });
      await newVersion(client, admin.token, id, teamId);
    }
    const empty = await newPrompt(client, admin);
    const stranger = await newPerson(server, client);
    const foreign = await newPrompt(client, stranger);
    const { slug } = prompt;
    const cases: [unknown, number, string | RegExp][] = [
      [1, 400, 'invalid request body'],
      [null, 400, 'invalid request body'],
      [[], 400, 'invalid request body'],
      [{}, 400, 'slug is required'],
      [{ slug: '' }, 400, 'slug is required'],
      [{ slug: 1 }, 400, 'invalid request body'],
      [{ slug, version: true }, 400, 'invalid request body'],
      [{ slug, variables: [] }, 400, 'variables must be a JSON object'],
      [{ slug, missing: 'never' }, 400, 'invalid request body'],
      [{ slug, team_id: 'x' }, 400, 'invalid id'],
      [{ slug: 'nobody' }, 404, 'prompt not found'],
      [{ slug: foreign.id }, 404, 'prompt not found'],
      [{ slug, team_id: other }, 404, 'prompt not found'],
      [{ slug: empty.slug }, 404, 'no live version found for this prompt'],
      [{ slug, version: 3 }, 404, 'version not found'],
      [{ slug, version: 1.5 }, 404, 'version not found'],
      [{ slug, version: '' }, 404, 'version not found'],
      [{ slug: 'twice', version: 1 }, 409, 'slug is ambiguous; pass team_id'],
      [{ slug }, 422, /^template execution failed: .*map has no entry for key "name"/],
    ];
    const wide = await newKey(client, admin, 'read_render');
    const { status, json } = await render([...cases.map(([item]) => item), live()], wide);
    expect(status).toBe(200);
    const told = cases.map(([item, ...error], index) => ({ item, error, got: json.results[index] }));
    for (const { item, error, got } of told) {
      const [code, words] = error;
      expect(got, JSON.stringify(item)).toMatchObject({
        status: code,
        error: typeof words === 'string' ? words : expect.stringMatching(words),
      });
    }
    expect(json.results[17].team_ids).toEqual([admin.teamId, other].sort());
    expect(json.results.at(-1)).toMatchObject({ rendered: 'Hello Zoë' });
  });

  test('mean nothing by a slug that others name by its id', async () => {
    const stranger = await newPerson(server, client);
    const name = `Same ${stranger.orgId}`;
    const own = await newPrompt(client, { ...admin, name });
    const foreign = await newPrompt(client, { ...stranger, name });
    expect(foreign.slug).toBe(own.slug);
    await newVersion(client, admin.token, own.id, 'ours');
    await newVersion(client, stranger.token, foreign.id, 'theirs');
    const asked = [foreign.id, own.slug].map((slug) => ({ slug, version: 1 }));
    const { json } = await render(asked);
    expect(json.results).toEqual([
      { error: 'prompt not found', status: 404 },
      expect.objectContaining({ rendered: 'ours' }),
    ]);
  });

  test.each([
    ['none', []],
    ['no list', { slug: 'x' }],
    ['null', null],
    ['nothing', undefined],
    ['more than 100', Array.from({ length: 101 }, () => ({ slug: 'x' }))],
  ])('are refused as a whole where there are %s', async (_name, renders) => {
    expect(await render(renders)).toMatchObject({
      status: 400,
      json: { error: 'renders must be a list of 1 to 100 renders' },
    });
  });

  test('are refused as a whole to nobody in particular', async () => {
    expect(await render([live()], 'ak_junk')).toMatchObject({
      status: 401,
      json: { error: 'unauthorized' },
    });
  });

  test('have 16 MiB for all of their answers', async () => {
    const { id, slug } = await newPrompt(client, admin);
    await newVersion(client, admin.token, id, '{{range .rows}}{{$.text}}{{end}}');
    const large = {
      slug,
      version: 1,
      variables: { rows: Array.from({ length: 500 }, () => 1), text: 'x'.repeat(1_900) },
    };
    const { json } = await render([...Array.from({ length: 20 }, () => large), live()]);
    const statuses = json.results.map((result: { status?: number }) => result.status ?? 200);
    const fitting = Math.floor((16 * 1024 * 1024) / (500 * 1_900 + 120));
    expect(statuses).toEqual([
      ...Array.from({ length: fitting }, () => 200),
      ...Array.from({ length: 20 - fitting }, () => 413),
      200,
    ]);
    expect(json.results[fitting]).toEqual({ error: 'answer too large', status: 413 });
  });

  test('read what they need in a query a kind', async () => {
    const items = Array.from({ length: 50 }, (_, index) => ({
      slug: index % 2 === 0 ? prompt.slug : prompt.id,
      version: (index % 3) + 1,
      variables,
    }));
    const { statements } = await record(() => render(items));
    expect(statements.filter(({ text }) => text.includes('from prompts'))).toHaveLength(2);
    expect(statements.filter(({ text }) => text.includes('join versions'))).toHaveLength(1);
  });
});
