import { describe, expect, test } from 'vitest';
import { logIn, mailedCode, newAddress, newKey, newPerson, PASSWORD } from './cast.js';
import { startForFile } from './control-plane-of-file.js';

const { server, client } = await startForFile();

const change = (token: string | undefined, body: unknown) => client('PUT', '/v1/auth/me', { token, body });
const login = (email: string) => client('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });

describe('PUT /v1/auth/me', () => {
  test('changes the address, which must be verified before the next login', async () => {
    const person = await newPerson(server, client);
    const email = newAddress();
    const { status, json } = await change(person.token, { email });
    expect(status).toBe(200);
    expect(json.user).toMatchObject({ id: person.id, email, is_verified: false, is_admin: true });
    expect(await login(email)).toMatchObject({ status: 403, json: { error: 'user is not verified' } });
    expect((await login(person.email)).status).toBe(401);
    // The session that changed it lives on.
    expect(await client('GET', '/v1/auth/me', { token: person.token })).toMatchObject({
      status: 200,
      json: { user: { email, is_verified: false } },
    });
    const code = await mailedCode(server, email);
    expect((await client('POST', '/v1/auth/verify-email', { body: { email, code } })).status).toBe(200);
    expect((await login(email)).status).toBe(200);
  });

  test('makes codes that went to the old address worth nothing', async () => {
    const old = newAddress();
    const person = await newPerson(server, client);
    await change(person.token, { email: old });
    const code = await mailedCode(server, old);
    const email = newAddress();
    await change(person.token, { email });
    const answers = await Promise.all(
      [old, email].map((address) =>
        client('POST', '/v1/auth/verify-email', { body: { email: address, code } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    const fresh = await mailedCode(server, email);
    const right = await client('POST', '/v1/auth/verify-email', { body: { email, code: fresh } });
    expect(right.status).toBe(200);
  });

  test('turns down what was asked under the old address, which admins would take for the new one', async () => {
    const asking = await newPerson(server, client);
    const admin = await newPerson(server, client);
    const asked = await client('POST', `/v1/teams/${admin.teamId}/join-requests`, { token: asking.token });
    expect(asked.status).toBe(201);
    await change(asking.token, { email: newAddress() });
    const { json } = await client('GET', '/v1/me/inbox', { token: admin.token });
    expect(json.inbox).toEqual([]);
  });

  test('leaves an address verified that differs in case alone', async () => {
    const person = await newPerson(server, client);
    const email = person.email.toUpperCase();
    expect(await change(person.token, { email })).toMatchObject({
      status: 200,
      json: { user: { email, is_verified: true } },
    });
    expect((await login(person.email)).status).toBe(200);
  });

  test('knows addresses that are taken, in whatever case', async () => {
    const [person, other] = [await newPerson(server, client), await newPerson(server, client)];
    for (const email of [other.email, other.email.toUpperCase()]) {
      expect(await change(person.token, { email })).toMatchObject({
        status: 409,
        json: { error: 'email already registered' },
      });
    }
    expect((await login(person.email)).status).toBe(200);
  });

  test('gives an address to one of many who want it at once', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => newPerson(server, client)));
    const email = newAddress();
    const answers = await Promise.all(people.map(({ token }) => change(token, { email })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
  });

  test.each([[{}], [{ email: '' }], [{ email: null }], [{ email: 'junk' }], [{ email: 7 }]])(
    'refuses %j',
    async (body) => {
      const { token } = await newPerson(server, client);
      expect(await change(token, body)).toMatchObject({
        status: 400,
        json: { error: 'invalid email format' },
      });
    },
  );

  test('is for sessions, and for a body', async () => {
    const person = await newPerson(server, client);
    const key = await newKey(client, person, 'admin');
    const email = newAddress();
    expect(await change(key, { email })).toMatchObject({ status: 403, json: { error: 'forbidden' } });
    expect(await change(undefined, { email })).toMatchObject({ status: 401 });
    expect(await change(person.token, 'text')).toMatchObject({
      status: 400,
      json: { error: 'invalid request body' },
    });
  });
});

test('what people do with their accounts is in the audit log, without a secret', async () => {
  const person = await newPerson(server, client);
  const email = newAddress();
  await change(person.token, { email });
  await client('POST', '/v1/auth/verify-email', { body: { email, code: await mailedCode(server, email) } });
  await client('POST', '/v1/auth/me/change-password', {
    token: person.token,
    body: { current_password: PASSWORD, new_password: `${PASSWORD}-2` },
  });
  await client('DELETE', '/v1/auth/me', { token: person.token });
  const told = await server.sql<{
    action: string;
    operation: string;
    actor_kind: string;
    actor_id: string | null;
  }>(
    `select action, operation, actor_kind, actor_id, before, after from audit_log
     where target_type = 'user' and target_id = $1 order by id`,
    [person.id],
  );
  const by = (actor_kind: string, actor_id: string | null) => ({ actor_kind, actor_id });
  expect(told).toMatchObject([
    { action: 'accounts.register', operation: 'insert', ...by('anonymous', null) },
    { action: 'accounts.verify', operation: 'update', ...by('anonymous', null) },
    {
      action: 'me.update',
      operation: 'update',
      ...by('user', person.id),
      before: { email: person.email },
      after: { email },
    },
    { action: 'accounts.verify', operation: 'update', ...by('anonymous', null) },
    {
      action: 'me.change_password',
      operation: 'update',
      ...by('user', person.id),
      after: { password: 'changed' },
    },
    { action: 'me.delete', operation: 'delete', ...by('user', person.id) },
  ]);
  expect(JSON.stringify(told)).not.toContain('argon2id');
  expect((await login(email)).status).toBe(401);
  expect(await logIn(client, email)).toBeUndefined();
});
