import { afterAll, beforeAll, expect, test } from 'vitest';
import { newOrg, type RunningGateway, runGateway } from './running-gateway.js';

let running: RunningGateway;
beforeAll(async () => {
  running = await runGateway();
});
afterAll(() => running.close());

async function render(key: string, body: string, version?: number): Promise<unknown> {
  const response = await fetch(running.renderUrl('greeting', version), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body,
  });
  return response.json();
}

test('the same body gets the same answer until what it is made of changes', async () => {
  const { feed } = running;
  const { org_id, team_id } = newOrg();
  const key = await feed.key({ org_id });
  const prompt = await feed.prompt({ org_id, team_id, slug: 'greeting', live: 1 }, [
    'Hi {{.name}}',
    'Dear {{.name}}',
  ]);
  const zoe = '{"variables":{"name":"Zoë"}}';
  const expectRendered = async (body: string, rendered: string, tags: string[] = []) =>
    expect.poll(() => render(key, body)).toMatchObject({ rendered, tags });

  await expectRendered(zoe, 'Hi Zoë');
  for (let times = 0; times < 3; times++) await expectRendered(zoe, 'Hi Zoë');
  await expectRendered('{"variables":{"name":"Zoe"} }', 'Hi Zoe');
  await expectRendered(zoe, 'Hi Zoë');
  await expectRendered('{"variables":{"name":"Ann"}}', 'Hi Ann');
  await expectRendered('{"variables":{}, "missing":"zero"}', 'Hi <no value>');
  expect(await render(key, '{"variables":{}}')).toMatchObject({
    error: expect.stringContaining('no entry for key'),
  });
  await expectRendered(zoe, 'Hi Zoë');
  expect(await render(key, zoe, 2)).toMatchObject({ rendered: 'Dear Zoë', version: 2 });

  for (let times = 0; times < 3; times++) await expectRendered(zoe, 'Hi Zoë');
  await feed.update(prompt, { tags: { good: 1 } });
  for (let times = 0; times < 3; times++) await expectRendered(zoe, 'Hi Zoë', ['good']);
  await feed.update(prompt, { live: 2, tags: {} });
  await expectRendered(zoe, 'Dear Zoë');
  await feed.revoke(key);
  await expect.poll(() => render(key, zoe)).toEqual({ error: 'unauthorized' });
});
