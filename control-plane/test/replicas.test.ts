import { createTestDatabase, testRedis, until } from '@px0/test-bed';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logIn, newPerson, newPrompt, newVersion, PASSWORD, type Person } from './cast.js';
import { type Client, documentedClient } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

let replicas: [RunningControlPlane, RunningControlPlane];
let here: Client;
let there: Client;
let admin: Person;

const redis = testRedis();
const ENV = { REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix };

beforeAll(async () => {
  const first = await startControlPlane(ENV);
  replicas = [first, await startControlPlane(ENV, first)];
  [here, there] = [await documentedClient(replicas[0].url), await documentedClient(replicas[1].url)];
  admin = await newPerson(replicas[0], here);
});
afterAll(async () => {
  await replicas[1].close();
  await replicas[0].close();
});

const asAdmin = () => ({ token: admin.token });

test('a session begun on one is known on the other, and ends on both at once', async () => {
  const token = await logIn(there, admin.email);
  for (const client of [here, there])
    expect((await client('GET', '/v1/auth/me', { token })).status).toBe(200);
  expect((await here('DELETE', '/v1/auth/session', { token })).status).toBe(204);
  for (const client of [there, here])
    expect((await client('GET', '/v1/auth/me', { token })).status).toBe(401);
});

test('a password that was changed on one is wrong on the other, whose sessions are over', async () => {
  const person = await newPerson(replicas[0], here);
  const other = await logIn(there, person.email);
  const changed = await here('POST', '/v1/auth/me/change-password', {
    token: person.token,
    body: { current_password: PASSWORD, new_password: 'Another-Horse-8' },
  });
  expect(changed.status).toBe(200);
  expect((await there('GET', '/v1/auth/me', { token: other })).status).toBe(401);
  const login = await there('POST', '/v1/auth/login', { body: { email: person.email, password: PASSWORD } });
  expect(login.status).toBe(401);
});

test('a key made on one works on the other, and is refused there as soon as it is revoked here', async () => {
  const { json } = await here('POST', '/v1/api-keys', {
    ...asAdmin(),
    body: { name: 'a key', org_id: admin.orgId },
  });
  for (let round = 0; round < 3; round += 1) {
    expect((await there('GET', '/v1/prompts', { token: json.key })).status).toBe(200);
  }
  await here('DELETE', `/v1/api-keys/${json.id}`, asAdmin());
  expect((await there('GET', '/v1/prompts', { token: json.key })).status).toBe(401);
});

test('what is written on one is read and rendered on the other in its newest state', async () => {
  const { id, slug } = await newPrompt(here, admin);
  await newVersion(here, admin.token, id, 'one');
  await newVersion(here, admin.token, id, 'two');
  const tag = (client: Client, version: number) =>
    client('POST', `/v1/prompts/${id}/versions/${version}/tags`, { ...asAdmin(), body: { tag: 'prod' } });
  const rendered = async (client: Client) =>
    (await client('POST', `/v1/prompts/${slug}/versions/prod/render`, { ...asAdmin(), body: {} })).json
      .rendered;
  await tag(here, 1);
  expect([await rendered(there), await rendered(here)]).toEqual(['one', 'one']);
  await tag(there, 2);
  expect([await rendered(here), await rendered(there)]).toEqual(['two', 'two']);
  // A draft that changes under a number that both have rendered before.
  await there('PUT', `/v1/prompts/${id}/versions/2`, { ...asAdmin(), body: { template: 'three' } });
  expect([await rendered(here), await rendered(there)]).toEqual(['three', 'three']);
});

test('versions are numbered without gap or repeat when both write', async () => {
  const { id } = await newPrompt(here, admin);
  const numbers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => newVersion(index % 2 ? here : there, admin.token, id)),
  );
  expect(numbers.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
});

test('a mail is sent once', async () => {
  const person = await newPerson(replicas[0], here);
  const mails = () =>
    replicas.flatMap((replica) =>
      replica
        .log()
        .split('\n')
        .filter((line) => line.includes(`mail to ${person.email}: your px0 password reset code`)),
    );
  await there('POST', '/v1/auth/password-reset/trigger', { body: { email: person.email } });
  await until('it is sent', async () => mails()[0]);
  await until('none waits', async () => {
    const [{ count } = { count: 1 }] = await replicas[0].sql<{ count: number }>(
      'select count(*)::int from mails',
    );
    return count === 0 ? true : undefined;
  });
  expect(mails()).toHaveLength(1);
});

test('publishing goes on when the one that publishes is stopped, and neither is troubled by the other', async () => {
  const database = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: database.url });
  const { url, prefix } = testRedis();
  const env = { REDIS_URL: url, PX0_REDIS_PREFIX: prefix, DATABASE_URL: database.url };
  const publishes = ({ log }: RunningControlPlane) =>
    log().includes('"msg":"publishing"') ? true : undefined;
  const allIsPublished = () =>
    until('all is published', async () => {
      const { rows } = await pool.query('select from outbox limit 1');
      return rows.length === 0 ? true : undefined;
    });

  const one = await startControlPlane(env);
  await until('the first publishes', async () => publishes(one));
  const other = await startControlPlane(env);
  const client = await documentedClient(other.url);
  const person = await newPerson(other, client);
  await newPrompt(client, person);
  await allIsPublished();
  expect(publishes(other)).toBeUndefined();

  await one.close();
  await newPrompt(client, person);
  await until('the other publishes', async () => publishes(other));
  await allIsPublished();
  await other.close();
  for (const replica of [...replicas, one, other]) expect(replica.log()).not.toMatch(/"level":[456]0/);
  await pool.end();
  await database.drop();
});
