import { startGateway } from '@px0/test-bed';
import { afterAll, expect, test } from 'vitest';
import { join, newKey, newPerson, newPrompt, newTeam, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

/** What a gateway answers once a prompt has gone to another team. */

const { server, client, admin } = await startWithAdmin();
const neighbour = await newPerson(server, client);
await join(server, admin, neighbour.teamId, 'admin');
const gateway = await startGateway({ databaseUrl: server.databaseUrl });
afterAll(() => gateway.stop());

async function livePrompt(name: string): Promise<{ id: string; slug: string }> {
  const prompt = await newPrompt(client, { ...admin, name });
  await newVersion(client, admin.token, prompt.id);
  for (let steps = 0; steps < 2; steps += 1) {
    await client('POST', `/v1/prompts/${prompt.id}/versions/1/promote`, { token: admin.token });
  }
  return prompt;
}

async function atGateway(reference: string, key: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${gateway.url}/v1/prompts/${reference}/render`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ variables: { name: 'Ada' } }),
  });
  return { status: response.status, json: await response.json() };
}

const RENDERED = { status: 200, json: { rendered: 'Hello Ada' } };
const NO_PROMPT = { status: 404, json: { error: 'prompt not found' } };

async function move(id: string, teamId: string): Promise<void> {
  const moved = await client('POST', `/v1/prompts/${id}/move`, {
    token: admin.token,
    body: { team_id: teamId },
  });
  expect(moved.status).toBe(200);
}

test('keys of the old team lose it and keys of the new team get it', async () => {
  const target = await newTeam(server, admin.orgId, 'Target');
  const [oldKey, newTeamKey, wideKey] = await Promise.all([
    newKey(client, admin, 'read_render', [admin.teamId]),
    newKey(client, admin, 'read_render', [target]),
    newKey(client, admin, 'read_render'),
  ]);
  const { id, slug } = await livePrompt('Within the organization');
  await expect.poll(() => atGateway(slug, oldKey), { timeout: 10_000 }).toMatchObject(RENDERED);
  await expect.poll(() => atGateway(slug, wideKey)).toMatchObject(RENDERED);
  expect(await atGateway(slug, newTeamKey)).toMatchObject(NO_PROMPT);

  await move(id, target);
  for (const reference of [slug, id]) {
    await expect.poll(() => atGateway(reference, newTeamKey), { timeout: 10_000 }).toMatchObject(RENDERED);
    await expect.poll(() => atGateway(reference, oldKey)).toMatchObject(NO_PROMPT);
    expect(await atGateway(reference, wideKey)).toMatchObject(RENDERED);
  }
});

test('keys of the old organization lose it and keys of the new one get it', async () => {
  const oldKey = await newKey(client, admin, 'read_render');
  const newOrgKey = await newKey(client, neighbour, 'read_render');
  const { id, slug } = await livePrompt('To another organization');
  await expect.poll(() => atGateway(slug, oldKey), { timeout: 10_000 }).toMatchObject(RENDERED);
  expect(await atGateway(slug, newOrgKey)).toMatchObject(NO_PROMPT);

  await move(id, neighbour.teamId);
  for (const reference of [slug, id]) {
    await expect.poll(() => atGateway(reference, newOrgKey), { timeout: 10_000 }).toMatchObject(RENDERED);
    await expect.poll(() => atGateway(reference, oldKey)).toMatchObject(NO_PROMPT);
  }
});

test('a live version that is archived is no longer rendered', async () => {
  const key = await newKey(client, admin, 'read_render');
  const { id, slug } = await livePrompt('To be archived');
  await expect.poll(() => atGateway(slug, key), { timeout: 10_000 }).toMatchObject(RENDERED);
  await client('POST', `/v1/prompts/${id}/archive`, { token: admin.token });
  await client('POST', `/v1/prompts/${id}/versions/1/archive`, { token: admin.token });
  await expect
    .poll(() => atGateway(slug, key), { timeout: 10_000 })
    .toMatchObject({
      status: 404,
      json: { error: 'no live version found for this prompt' },
    });
  await expect.poll(() => atGateway(`${slug}/versions/1`, key)).toMatchObject(RENDERED);
});
