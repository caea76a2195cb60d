import { documentKey, encodeDocument } from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { type Server, startGateway, startRedis, testRedis, until } from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newPerson, newPrompt, newVersion, type Person } from './cast.js';
import { type Answer, type Client, documentedClient } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

const SOME_TIME = 20_000;

describe.each(['Redis', 'Postgres'])('with the feed in %s', (house) => {
  const redis = house === 'Redis' ? testRedis() : undefined;
  const env = redis && { REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix };
  let servers: [RunningControlPlane, RunningControlPlane];
  let gateways: [Server, Server];
  let here: Client;
  let there: Client;
  let admin: Person;
  let stranger: Person;

  beforeAll(async () => {
    const first = await startControlPlane(env);
    servers = [first, await startControlPlane(env, first)];
    const neighbours = { databaseUrl: first.databaseUrl, ...(redis && { redis }) };
    gateways = [await startGateway(neighbours), await startGateway(neighbours, { PX0_GATEWAY_THREADS: '2' })];
    [here, there] = [await documentedClient(servers[0].url), await documentedClient(servers[1].url)];
    [admin, stranger] = [await newPerson(first, here), await newPerson(first, here)];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await servers[1].close();
    await servers[0].close();
  });

  async function promptOf(person: Person, template = 'hello') {
    const prompt = await newPrompt(here, person);
    await newVersion(here, person.token, prompt.id, template);
    return prompt;
  }

  function step(verb: string, promptId: string, { by = admin, wait = '', version = 1, client = here } = {}) {
    const query = wait === '' ? '' : `?wait=${wait}`;
    return client('POST', `/v1/prompts/${promptId}/versions/${version}/${verb}${query}`, { token: by.token });
  }

  function rollout(reference: string, { by = admin, wait = SOME_TIME, client = here } = {}) {
    return client('GET', `/v1/prompts/${reference}/rollout?wait=${wait}`, { token: by.token });
  }

  /** Puts a document of no use into the feed, as a faulty publisher would. @returns its revision */
  async function spoil(key: string, body: string): Promise<number> {
    const writer = createFeedWriter({
      databaseUrl: servers[0].databaseUrl,
      redisUrl: redis?.url,
      redisPrefix: redis?.prefix ?? 'unused',
    });
    onTestFinished(() => writer.close());
    return until('it is written', async () => {
      const [state] = await servers[0].sql<{ revision: string }>(
        'update publisher_state set reserved_revision = reserved_revision + 1 returning reserved_revision as revision',
      );
      const revision = Number(state?.revision);
      const head = await writer.head();
      if (head === undefined || head.revision >= revision) return undefined;
      return (await writer.append(head, [{ key, revision, body }])) === 'diverged' ? undefined : revision;
    });
  }

  test('a promotion tells at once what is known, and waits for all gateways if it is asked to', async () => {
    const { id, slug } = await promptOf(admin);
    const first = await step('promote', id);
    expect(first).toMatchObject({
      status: 200,
      json: { version: { version: 1, status: 'stable' }, rollout: { gateways: 2, refused: [] } },
    });
    const begin = performance.now();
    const second = await step('promote', id, { wait: `${SOME_TIME}` });
    expect(performance.now() - begin).toBeLessThan(SOME_TIME);
    expect(second).toMatchObject({
      status: 200,
      json: {
        version: { status: 'live' },
        rollout: { feed: 'published', gateways: 2, reached: 2, refused: [], revision: expect.any(Number) },
      },
    });
    // Later, elsewhere, and by the slug as well.
    const { revision } = second.json.rollout;
    for (const reference of [id, slug]) {
      const later = await rollout(reference, { client: there, wait: 0 });
      expect(later.json).toEqual({
        rollout: { feed: 'published', revision, gateways: 2, reached: 2, refused: [] },
      });
    }
  });

  test('steps taken on another control plane are told of as well, and so is the way down', async () => {
    const { id } = await promptOf(admin);
    let revision = 0;
    for (const verb of ['promote', 'promote', 'demote', 'archive']) {
      const { status, json } = await step(verb, id, { wait: `${SOME_TIME}`, client: there });
      expect({ status, reached: json.rollout.reached }).toEqual({ status: 200, reached: 2 });
      expect(json.rollout.revision).toBeGreaterThan(revision);
      revision = json.rollout.revision;
    }
  });

  test('with a gateway that stands still the wait is over when the time is, and it is told who has it', async () => {
    const { id } = await promptOf(admin);
    gateways[0].process.kill('SIGSTOP');
    try {
      const { status, json } = await step('promote', id, { wait: '1000' });
      expect(status).toBe(200);
      expect(json.rollout).toMatchObject({ gateways: 2, refused: [] });
      expect(json.rollout.reached).toBeLessThan(2);
    } finally {
      gateways[0].process.kill('SIGCONT');
    }
    expect((await rollout(id)).json.rollout).toMatchObject({ gateways: 2, reached: 2 });
  });

  test('gateways that refuse a document are named, to those alone whom the prompt concerns', async () => {
    const [mine, theirs] = [await promptOf(admin), await promptOf(stranger)];
    await step('promote', mine.id, { wait: `${SOME_TIME}` });
    await step('promote', theirs.id, { wait: `${SOME_TIME}`, by: stranger });
    const key = documentKey.prompt(mine.id);
    const other = { org_id: stranger.orgId, team_id: stranger.teamId, slug: theirs.slug };
    const revision = await spoil(
      key,
      encodeDocument({ kind: 'prompt', id: theirs.id, live: null, tags: {}, ...other }),
    );
    const refused = await until('both refuse it', async () => {
      const { json } = await rollout(mine.id, { wait: 0 });
      return json.rollout.refused.length === 2 ? json.rollout : undefined;
    });
    expect(refused).toMatchObject({ feed: 'published', revision, gateways: 2, reached: 0 });
    for (const one of refused.refused) {
      expect(one).toEqual({
        gateway: expect.any(String),
        host: expect.any(String),
        document: key,
        revision,
        reason: 'holds the state of another document',
      });
    }
    expect(JSON.stringify(refused)).not.toContain(theirs.id);
    const untouched = await rollout(theirs.id, { by: stranger, client: there });
    expect(untouched.json.rollout).toMatchObject({ gateways: 2, reached: 2, refused: [] });
    expect((await rollout(mine.id, { by: stranger })).status).toBe(404);

    // Waiting would not help, so it ends.
    expect((await rollout(mine.id)).json.rollout).toMatchObject({ reached: 0 });
    const mended = await step('promote', mine.id, { wait: `${SOME_TIME}` });
    expect(mended.json.rollout).toMatchObject({ gateways: 2, reached: 2, refused: [] });
  });

  test('a document that another version needs does not hold this one up', async () => {
    const { id } = await promptOf(admin);
    await newVersion(here, admin.token, id, 'two');
    await step('promote', id, { wait: `${SOME_TIME}` });
    await spoil(documentKey.version(id, 2), '{');
    const { json } = await until('it is refused', async () => {
      const answer: Answer = await rollout(id, { wait: 0 });
      return answer.json.rollout.refused.length === 2 ? answer : undefined;
    });
    expect(json.rollout).toMatchObject({ reached: 2, refused: [{ reason: 'is not JSON' }, {}] });
    await here('PUT', `/v1/prompts/${id}/versions/2`, { token: admin.token, body: { template: 'three' } });
    await until('it is mended', async () =>
      (await rollout(id, { wait: 0 })).json.rollout.refused.length === 0 ? true : undefined,
    );
  });

  test('a slug of several teams must be told apart, by the team', async () => {
    const { json } = await here('POST', `/v1/orgs/${admin.orgId}/teams`, {
      token: admin.token,
      body: { name: `Team of ${house}` },
    });
    const name = `Twice in ${house}`;
    const { slug } = await newPrompt(here, { ...admin, name });
    await newPrompt(here, { token: admin.token, teamId: json.team.id, name });
    expect(await rollout(slug)).toMatchObject({
      status: 409,
      json: { error: 'slug is ambiguous; pass team_id' },
    });
    const picked = await here('GET', `/v1/prompts/${slug}/rollout?team_id=${json.team.id}`, {
      token: admin.token,
    });
    expect(picked.status).toBe(200);
    const junk = await here('GET', `/v1/prompts/${slug}/rollout?team_id=x`, { token: admin.token });
    expect(junk).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });

  test.each(['-1', '30001', '99999', '1e3', '1.5', 'long', ' 1', '0x10'])(
    'no time to wait: %j',
    async (wait) => {
      const { id } = await promptOf(admin);
      const path = `/v1/prompts/${id}/versions/1/promote?wait=${encodeURIComponent(wait)}`;
      const refused = { status: 400, json: { error: 'invalid query parameter wait' } };
      expect(await here('POST', path, { token: admin.token })).toMatchObject(refused);
      const version = await here('GET', `/v1/prompts/${id}/versions/1`, { token: admin.token });
      expect(version.json.version.status).toBe('draft');
      const read = `/v1/prompts/${id}/rollout?wait=${encodeURIComponent(wait)}`;
      expect(await here('GET', read, { token: admin.token })).toMatchObject(refused);
    },
  );
});

test('with the feed out of reach a promotion is done all the same, and says that it cannot tell', async () => {
  const store = await startRedis();
  const server = await startControlPlane({ REDIS_URL: store.url });
  onTestFinished(async () => {
    await server.close();
    await store.stop();
  });
  const client = await documentedClient(server.url);
  const person = await newPerson(server, client);
  const { id } = await newPrompt(client, person);
  await newVersion(client, person.token, id);
  const promote = (wait: number) =>
    client('POST', `/v1/prompts/${id}/versions/1/promote?wait=${wait}`, { token: person.token });
  const read = (wait: number) =>
    client('GET', `/v1/prompts/${id}/rollout?wait=${wait}`, { token: person.token });
  const unreachable = { feed: 'unreachable', revision: null, gateways: null, reached: null, refused: [] };

  await store.kill();
  expect(await promote(0)).toMatchObject({ status: 200, json: { version: { status: 'stable' } } });
  expect((await read(0)).json.rollout).toEqual(unreachable);
  expect((await promote(300)).json).toMatchObject({ version: { status: 'live' }, rollout: unreachable });
  const later = read(SOME_TIME);
  await store.start();
  expect((await later).json.rollout).toMatchObject({ feed: 'published', gateways: 0, reached: 0 });

  // One that does not answer, and does not say so either.
  store.pause();
  const begin = performance.now();
  expect((await read(0)).json.rollout).toEqual(unreachable);
  expect((await read(100)).json.rollout).toEqual(unreachable);
  expect(performance.now() - begin).toBeLessThan(10_000);
  store.resume();
});

test('a control plane that stops lets nobody wait to the end', async () => {
  const space = testRedis();
  const server = await startControlPlane({ REDIS_URL: space.url, PX0_REDIS_PREFIX: space.prefix });
  const gateway = await startGateway({ databaseUrl: server.databaseUrl, redis: space });
  const client = await documentedClient(server.url);
  const person = await newPerson(server, client);
  const { id } = await newPrompt(client, person);
  gateway.process.kill('SIGSTOP');
  onTestFinished(() => gateway.stop('SIGKILL').then(() => {}));
  await newVersion(client, person.token, id);
  const waiting = client('POST', `/v1/prompts/${id}/versions/1/promote?wait=30000`, { token: person.token });
  await until('the step is taken', async () => {
    const { json } = await client('GET', `/v1/prompts/${id}/versions/1`, { token: person.token });
    return json.version.status === 'stable' ? true : undefined;
  });
  const begin = performance.now();
  const closed = server.close();
  expect((await waiting).json.rollout).toMatchObject({ gateways: 1 });
  await closed;
  expect(performance.now() - begin).toBeLessThan(15_000);
});
