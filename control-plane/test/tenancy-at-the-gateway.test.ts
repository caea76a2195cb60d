import { type Server, startGateway, testRedis, until } from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPrompt, newVersion } from './cast.js';
import { type Client, documentedClient } from './documented-client.js';
import { createKey, createTeam, newTenant, type Tenant } from './membership-scene.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

describe.each(['Redis', 'Postgres'])('a gateway that follows a feed in %s', (house) => {
  let server: RunningControlPlane;
  let gateway: Server;
  let client: Client;

  beforeAll(async () => {
    const redis = house === 'Redis' ? testRedis() : undefined;
    server = await startControlPlane(redis && { REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix });
    gateway = await startGateway({ databaseUrl: server.databaseUrl, ...(redis && { redis }) });
    client = await documentedClient(server.url);
  });
  afterAll(async () => {
    await gateway.stop();
    await server.close();
  });

  /** @returns the slug of a live prompt of a team, and its id */
  async function publish({ admin }: Tenant, teamId: string, template: string) {
    const { token } = admin;
    const prompt = await newPrompt(client, { token, teamId });
    await newVersion(client, token, prompt.id, template);
    for (const _ of ['stable', 'live']) {
      await client('POST', `/v1/prompts/${prompt.id}/versions/1/promote`, { token });
    }
    return prompt;
  }

  async function render(key: string, reference: string): Promise<string> {
    const response = await fetch(`${gateway.url}/v1/prompts/${reference}/render`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: '{}',
    });
    const json = (await response.json()) as { rendered?: string };
    return `${response.status} ${json.rendered ?? ''}`.trim();
  }

  /** Waits until the gateway answers so: it hears of changes a moment later. */
  async function expectRender(key: string, reference: string, answer: string): Promise<void> {
    await until(`${reference} is answered ${answer}`, async () =>
      (await render(key, reference)) === answer ? true : undefined,
    );
  }

  test('stops serving an organization that is deleted', async () => {
    const gone = await newTenant(server, client);
    const stays = await newTenant(server, client);
    const [goneKey, staysKey] = [await createKey(client, gone, 'all'), await createKey(client, stays, 'all')];
    const { slug, id } = await publish(gone, gone.defaultTeamId, 'hello');
    const kept = await publish(stays, stays.defaultTeamId, 'still here');
    await expectRender(goneKey, slug, '200 hello');
    await expectRender(staysKey, kept.slug, '200 still here');
    await client('DELETE', `/v1/orgs/${gone.orgId}`, { token: gone.admin.token });
    await expectRender(goneKey, slug, '401');
    expect(await render(goneKey, id)).toBe('401');
    expect(await render(staysKey, kept.slug)).toBe('200 still here');
    await until('all of it is published', async () =>
      (await server.sql('select from outbox limit 1')).length === 0 ? true : undefined,
    );
    // Empty where the feed is in Redis.
    const left = await server.sql(
      `select key from feed_documents where body is not null and (
         key like 'slug:' || $1 || ':%' or key = 'prompt:' || $2 or key like 'version:' || $2 || ':%')`,
      [gone.orgId, id],
    );
    expect(left).toEqual([]);
  });

  test('stops serving a team that is deleted, and its keys reach no other', async () => {
    const tenant = await newTenant(server, client);
    const [doomed, spared] = [
      await createTeam(client, tenant, 'Doomed'),
      await createTeam(client, tenant, 'Spared'),
    ];
    const [onlyDoomed, both, all] = [
      await createKey(client, tenant, 'all', [doomed]),
      await createKey(client, tenant, 'all', [doomed, spared]),
      await createKey(client, tenant, 'all'),
    ];
    const lost = await publish(tenant, doomed, 'lost');
    const kept = await publish(tenant, spared, 'kept');
    for (const key of [onlyDoomed, both, all]) await expectRender(key, lost.slug, '200 lost');
    for (const key of [both, all]) await expectRender(key, kept.slug, '200 kept');
    expect(await render(onlyDoomed, kept.slug)).toBe('404');
    await client('DELETE', `/v1/teams/${doomed}`, { token: tenant.admin.token });
    await expectRender(onlyDoomed, lost.slug, '401');
    for (const key of [both, all]) {
      await expectRender(key, lost.slug, '404');
      await expectRender(key, lost.id, '404');
      expect(await render(key, kept.slug)).toBe('200 kept');
    }
    expect(await render(onlyDoomed, kept.slug)).toBe('401');
  });

  test('serves a team that has moved to the keys of its new organization alone', async () => {
    const from = await newTenant(server, client);
    const to = await newTenant(server, client, from.admin);
    const teamId = await createTeam(client, from, 'Movers');
    const stayers = await createTeam(client, from, 'Stayers');
    const [old, oldOfBoth, oldOfAll, fresh] = [
      await createKey(client, from, 'all', [teamId]),
      await createKey(client, from, 'all', [teamId, stayers]),
      await createKey(client, from, 'all'),
      await createKey(client, to, 'all'),
    ];
    const { slug, id } = await publish(from, teamId, 'moved');
    for (const key of [old, oldOfBoth, oldOfAll]) await expectRender(key, slug, '200 moved');
    await expectRender(fresh, slug, '404');
    const move = (orgId: string) =>
      client('PUT', `/v1/teams/${teamId}`, {
        token: from.admin.token,
        body: { name: 'Movers', org_id: orgId },
      });
    await move(to.orgId);
    for (const reference of [slug, id]) {
      await expectRender(fresh, reference, '200 moved');
      await expectRender(old, reference, '401');
      for (const key of [oldOfBoth, oldOfAll]) await expectRender(key, reference, '404');
    }
    // Back again: to the keys of all teams alone, for the others have lost it.
    await move(from.orgId);
    for (const reference of [slug, id]) {
      await expectRender(oldOfAll, reference, '200 moved');
      await expectRender(fresh, reference, '404');
      for (const key of [old, oldOfBoth]) expect((await render(key, reference))[0]).toBe('4');
    }
  });
});
