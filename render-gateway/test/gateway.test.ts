import { randomUUID } from 'node:crypto';
import { createApiKey, documentKey, hashApiKey } from '@px0/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, untilAnswer } from './client.js';
import { newOrg, type RunningGateway, runGateway } from './running-gateway.js';

let running: RunningGateway;
beforeAll(async () => {
  running = await runGateway({ threads: 2 });
});
afterAll(() => running.close());

const variables = { name: 'Zoë' };
const HELLO = 'Hello {{.name}}';

/** A prompt with three versions, the second live, and a key that reaches it. */
async function greeting() {
  const { org_id, team_id, otherTeam } = newOrg();
  const key = await running.feed.key({ org_id });
  const prompt = await running.feed.prompt(
    { org_id, team_id, slug: 'greeting', live: 2, tags: { zulu: 2, beta: 3, alpha: 2 } },
    ['Hi {{.name}}', HELLO, 'Bonjour {{.name}}'],
    { model: 'openai/gpt-4.1-mini', model_params: { temperature: 0.2, stop: ['\n'] } },
  );
  return { org_id, team_id, otherTeam, key, prompt };
}

describe('a render', () => {
  test('answers with the live version, its tags in order and its model settings', async () => {
    const { key } = await greeting();
    const answer = await post(running.renderUrl('greeting'), { key, body: { variables } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.json).toEqual({
      rendered: 'Hello Zoë',
      version: 2,
      slug: 'greeting',
      tags: ['alpha', 'zulu'],
      model: 'openai/gpt-4.1-mini',
      model_params: { temperature: 0.2, stop: ['\n'] },
    });
  });

  test('says null for model settings that a version lacks', async () => {
    const { org_id, key } = await greeting();
    await running.feed.prompt({ org_id, slug: 'plain', live: 1 }, ['plain']);
    expect((await post(running.renderUrl('plain'), { key })).json).toEqual({
      rendered: 'plain',
      version: 1,
      slug: 'plain',
      tags: [],
      model: null,
      model_params: null,
    });
  });

  test('finds a prompt by id, and a version by number and by tag, drafts too', async () => {
    const { key, prompt } = await greeting();
    const rendered = async (slugOrId: string, version?: string | number) => {
      const { status, json } = await post(running.renderUrl(slugOrId, version), { key, body: { variables } });
      return [status, (json as { rendered: string }).rendered];
    };
    expect(await rendered(prompt.id)).toEqual([200, 'Hello Zoë']);
    expect(await rendered('greeting', 1)).toEqual([200, 'Hi Zoë']);
    expect(await rendered('greeting', 3)).toEqual([200, 'Bonjour Zoë']);
    expect(await rendered('greeting', 'beta')).toEqual([200, 'Bonjour Zoë']);
    expect(await rendered(prompt.id, 'zulu')).toEqual([200, 'Hello Zoë']);
  });

  test('takes the key from X-API-Key as well', async () => {
    const { key } = await greeting();
    const answer = await post(running.renderUrl('greeting'), {
      headers: { 'x-api-key': key },
      body: { variables },
    });
    expect(answer.status).toBe(200);
  });

  test('takes an object without variables, but not the lack of a body, which is not JSON', async () => {
    const { org_id, key } = await greeting();
    await running.feed.prompt({ org_id, slug: 'constant', live: 1 }, ['constant']);
    const url = running.renderUrl('constant');
    expect(await post(url, { key, body: {} })).toMatchObject({ status: 200, json: { rendered: 'constant' } });
    expect(await post(url, { key, body: '' })).toMatchObject({
      status: 400,
      json: { error: 'invalid request body' },
    });
  });

  test('escapes what JSON must escape', async () => {
    const { org_id, key } = await greeting();
    await running.feed.prompt({ org_id, slug: 'odd', live: 1 }, ['"\\\n{{.name}}']);
    const name = '\u0000\u2028 🦊 </script>';
    const answer = await post(running.renderUrl('odd'), { key, body: { variables: { name } } });
    expect(answer.json).toMatchObject({ rendered: `"\\\n${name}` });
  });

  test.each(['read_render', 'all', 'admin'] as const)(
    'is open to a key of operation %s',
    async (operation) => {
      const { org_id } = await greeting();
      const key = await running.feed.key({ org_id, operation });
      expect((await post(running.renderUrl('greeting'), { key, body: { variables } })).status).toBe(200);
    },
  );

  test('takes "missing" from the request, or else from the version', async () => {
    const { org_id, key } = await greeting();
    await running.feed.prompt({ org_id, slug: 'lenient', live: 1 }, ['[{{.name}}]'], { missing: 'default' });
    const rendered = async (slug: string, body: unknown) =>
      (await post(running.renderUrl(slug), { key, body })).json as Record<string, unknown>;
    expect((await rendered('greeting', {})).error).toMatch(
      /^template execution failed: .*no entry for key "name"/,
    );
    expect((await rendered('greeting', { missing: 'default' })).rendered).toBe('Hello <no value>');
    expect((await rendered('lenient', {})).rendered).toBe('[<no value>]');
    expect((await rendered('lenient', { missing: 'error' })).error).toMatch(/^template execution failed: /);
  });
});

describe('a refusal', () => {
  test('401 comes before anything that the body is wrong in, 400 before anything that is not found', async () => {
    const { key } = await greeting();
    const url = running.renderUrl('nobody');
    const refused = async (key: string | undefined, body: unknown) => {
      const { status, json } = await post(url, { ...(key !== undefined && { key }), body });
      return [status, json];
    };
    expect(await refused(createApiKey(), '{')).toEqual([401, { error: 'unauthorized' }]);
    expect(await refused(undefined, '{')).toEqual([401, { error: 'unauthorized' }]);
    expect(await refused('ak_not-a-key', '{')).toEqual([401, { error: 'unauthorized' }]);
    expect(await refused(key, '{')).toEqual([
      400,
      { error: 'invalid request body', reason: 'unexpected end', offset: 1, line: 1, column: 2 },
    ]);
    expect(await refused(key, { variables: [] })).toEqual([
      400,
      { error: 'variables must be a JSON object' },
    ]);
    expect(await refused(key, { missing: 'never' })).toEqual([400, { error: 'invalid request body' }]);
    expect(await refused(key, {})).toEqual([404, { error: 'prompt not found' }]);
  });

  test('404 says what there is none of', async () => {
    const { key, org_id } = await greeting();
    await running.feed.prompt({ org_id, slug: 'draft' }, ['draft']);
    const refused = async (slug: string, version?: string | number) => {
      const { status, json } = await post(running.renderUrl(slug, version), { key });
      return [status, (json as { error: string }).error];
    };
    expect(await refused('nobody')).toEqual([404, 'prompt not found']);
    expect(await refused(randomUUID())).toEqual([404, 'prompt not found']);
    expect(await refused('draft')).toEqual([404, 'no live version found for this prompt']);
    expect(await refused('greeting', 4)).toEqual([404, 'version not found']);
    expect(await refused('greeting', 'gamma')).toEqual([404, 'version not found']);
    expect(await refused('greeting', 99999999999)).toEqual([404, 'version not found']);
  });

  test('what another organization has, or a team out of reach, does not exist', async () => {
    const mine = await greeting();
    const theirs = await greeting();
    const narrow = await running.feed.key({ org_id: mine.org_id, team_ids: [mine.otherTeam] });
    const own = await running.feed.key({ org_id: mine.org_id, team_ids: [mine.team_id] });
    const status = async (key: string, slugOrId: string) =>
      (await post(running.renderUrl(slugOrId), { key, body: { variables } })).status;
    expect(await status(mine.key, theirs.prompt.id)).toBe(404);
    expect(await status(narrow, 'greeting')).toBe(404);
    expect(await status(narrow, mine.prompt.id)).toBe(404);
    expect(await status(own, 'greeting')).toBe(200);
  });

  test('409 names the teams that hold the slug, and team_id picks one', async () => {
    const { org_id, team_id, otherTeam, key } = await greeting();
    await running.feed.prompt({ org_id, team_id: otherTeam, slug: 'greeting', live: 1 }, ['Other {{.name}}']);
    const url = running.renderUrl('greeting');
    const ask = (query: string) => post(url + query, { key, body: { variables } });
    const refused = await untilAnswer(
      'two prompts',
      ({ status }) => status !== 200,
      () => ask(''),
    );
    expect(refused).toMatchObject({
      status: 409,
      json: { error: 'slug is ambiguous; pass team_id', team_ids: [team_id, otherTeam].sort() },
    });
    expect((await ask(`?team_id=${otherTeam}`)).json).toMatchObject({ rendered: 'Other Zoë' });
    expect((await ask(`?team_id=${team_id}`)).json).toMatchObject({ rendered: 'Hello Zoë' });
    expect(await ask(`?team_id=${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await ask('?team_id=junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });

  test('422 has the words of the engine', async () => {
    const { key } = await greeting();
    const answer = await post(running.renderUrl('greeting'), { key, body: {} });
    expect(answer.status).toBe(422);
    expect((answer.json as { error: string }).error).toMatch(
      /^template execution failed: template: greeting:1:\d+: executing "greeting" at <\.name>: map has no entry for key "name"$/,
    );
  });

  test('unknown paths are 404 "not found"', async () => {
    for (const path of ['/', '/v1/prompts', '/v1/prompts/greeting', '/v1/prompts/greeting/render/more']) {
      const answer = await post(`http://127.0.0.1:${running.port}${path}`, { body: {} });
      expect([path, answer.status, answer.json]).toEqual([path, 404, { error: 'not found' }]);
    }
  });
});

describe('a change', () => {
  const ask = (key: string) => post(running.renderUrl('greeting'), { key, body: { variables } });

  test('of the live version is served', async () => {
    const { key, prompt } = await greeting();
    expect((await ask(key)).json).toMatchObject({ rendered: 'Hello Zoë' });
    await running.feed.update(prompt, { live: 3 });
    const answer = await untilAnswer(
      'the version that was promoted',
      ({ json }) => (json as { version: number }).version === 3,
      () => ask(key),
    );
    expect(answer.json).toMatchObject({ rendered: 'Bonjour Zoë', version: 3, tags: ['beta'] });
  });

  test('that revokes a key has it refused', async () => {
    const { key } = await greeting();
    expect((await ask(key)).status).toBe(200);
    await running.feed.revoke(key);
    expect(
      await untilAnswer(
        'the key refused that was revoked',
        ({ status }) => status !== 200,
        () => ask(key),
      ),
    ).toMatchObject({
      status: 401,
      json: { error: 'unauthorized' },
    });
  });

  test('that narrows a key takes the other teams out of its reach', async () => {
    const { key, org_id, otherTeam } = await greeting();
    expect((await ask(key)).status).toBe(200);
    await running.feed.replaceKey(key, { org_id, team_ids: [otherTeam] });
    expect(
      await untilAnswer(
        'the team out of reach',
        ({ status }) => status !== 200,
        () => ask(key),
      ),
    ).toMatchObject({ status: 404 });
  });

  test('that makes a key has it known at once, though it was refused before', async () => {
    const { org_id } = await greeting();
    const key = createApiKey();
    expect((await ask(key)).status).toBe(401);
    await running.feed.replaceKey(key, { org_id });
    expect(
      (
        await untilAnswer(
          'the key let in that was written',
          ({ status }) => status === 200,
          () => ask(key),
        )
      ).status,
    ).toBe(200);
  });

  test('that deletes a draft has it gone', async () => {
    const { key, prompt } = await greeting();
    const draft = () => post(running.renderUrl('greeting', 3), { key, body: { variables } });
    expect((await draft()).status).toBe(200);
    await running.feed.write([{ key: documentKey.version(prompt.id, 3), body: null }]);
    expect(await untilAnswer('the version gone', ({ status }) => status !== 200, draft)).toMatchObject({
      status: 404,
      json: { error: 'version not found' },
    });
  });
});

describe('a document that cannot be read', () => {
  test('leaves the state before it in use, and is logged', async () => {
    const { key, prompt } = await greeting();
    const ask = () => post(running.renderUrl('greeting'), { key, body: { variables } });
    expect((await ask()).status).toBe(200);
    await running.feed.write([
      { key: documentKey.version(prompt.id, 2), body: '{"format":1,"kind":"version","program":"junk"}' },
      { key: documentKey.prompt(prompt.id), body: '{"format":999}' },
    ]);
    await untilAnswer(
      'the prompt refused in the log',
      () => running.log.some(({ key }) => key === documentKey.prompt(prompt.id)),
      ask,
    );
    expect(await ask()).toMatchObject({ status: 200, json: { rendered: 'Hello Zoë' } });
    expect(running.log).toContainEqual(
      expect.objectContaining({ key: documentKey.version(prompt.id, 2), level: 50 }),
    );
  });

  test('is as good as not known when there is no state before it', async () => {
    const key = createApiKey();
    await running.feed.write([{ key: documentKey.key(hashApiKey(key)), body: 'junk' }]);
    const refused = async () => await post(running.renderUrl('greeting'), { key, body: {} });
    expect(await untilAnswer('the key known', ({ status }) => status !== 401, refused)).toMatchObject({
      status: 503,
      json: { error: 'service unavailable' },
    });
  });
});

describe('health', () => {
  test('is told without a key', async () => {
    const response = await fetch(`http://127.0.0.1:${running.port}/v1/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'OK' }]);
  });

  test('readiness tells of the feed', async () => {
    const response = await fetch(`http://127.0.0.1:${running.port}/v1/health/ready`);
    expect(await response.json()).toEqual({ status: 'OK', dependencies: { feed: 'OK' } });
  });
});
