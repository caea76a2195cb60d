import { describe, expect, test } from 'vitest';
import { logIn, mailedCode, newAddress, newKey, newPerson, newTeam, PASSWORD } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { documentedClient } from './documented-client.js';
import { startControlPlane } from './running-control-plane.js';

const { server, client, admin } = await startWithAdmin();

const COMPLEXITY =
  'password must contain at least one uppercase letter, one lowercase letter, one digit, and one special character';

describe('register', () => {
  test('makes an unverified user that may create organizations', async () => {
    const email = newAddress();
    const { status, json } = await client('POST', '/v1/auth/register', {
      body: { email, password: PASSWORD },
    });
    expect(status).toBe(201);
    expect(json.user).toMatchObject({ email, is_verified: false, is_admin: true });
    expect(Object.keys(json.user).sort()).toEqual(['created_at', 'email', 'id', 'is_admin', 'is_verified']);
    expect(json.user.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each([
    [{}, 'email and password are required'],
    [{ email: 'a@example.com' }, 'email and password are required'],
    [{ email: '', password: PASSWORD }, 'email and password are required'],
    [{ email: null, password: PASSWORD }, 'email and password are required'],
    [{ email: 'not-an-address', password: 'x' }, 'invalid email format'],
    [{ email: 'a@b', password: PASSWORD }, 'invalid email format'],
    [{ email: 'a b@example.com', password: PASSWORD }, 'invalid email format'],
    [{ email: 'a@example.com\r\nbcc: b@example.com', password: PASSWORD }, 'invalid email format'],
    [{ email: 'a\u0000@example.com', password: PASSWORD }, 'invalid email format'],
    [{ email: 'short@example.com', password: 'Ab-4567' }, 'password must be at least 8 characters'],
    [{ email: 'simple@example.com', password: 'correct-horse-7' }, COMPLEXITY],
    [{ email: 'simple@example.com', password: 'CORRECT-HORSE-7' }, COMPLEXITY],
    [{ email: 'simple@example.com', password: 'Correct-Horse' }, COMPLEXITY],
    [{ email: 'simple@example.com', password: 'CorrectHorse7' }, COMPLEXITY],
    [[], 'invalid request body'],
    ['text', 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    const answer = await client('POST', '/v1/auth/register', { body });
    expect(answer).toMatchObject({ status: 400, json: { error } });
  });

  test('knows an address whatever its case', async () => {
    const answer = await client('POST', '/v1/auth/register', {
      body: { email: admin.email.toUpperCase(), password: PASSWORD },
    });
    expect(answer).toMatchObject({ status: 409, json: { error: 'email already registered' } });
  });

  test('makes one user of parallel registrations of one address', async () => {
    const body = { email: newAddress(), password: PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => client('POST', '/v1/auth/register', { body })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  test('takes a team_id from nobody without credentials', async () => {
    const answer = await client('POST', '/v1/auth/register', {
      body: { email: newAddress(), password: PASSWORD, team_id: admin.teamId },
    });
    expect(answer).toMatchObject({
      status: 403,
      json: { error: 'only admins can register users with a team_id' },
    });
  });
});

describe('register with a session', () => {
  const register = (token: string, more: object = {}) =>
    client('POST', '/v1/auth/register', {
      token,
      body: { email: newAddress(), password: PASSWORD, ...more },
    });

  test('makes a verified editor of the team', async () => {
    const { status, json } = await register(admin.token, { team_id: admin.teamId });
    expect(status).toBe(201);
    expect(json.user).toMatchObject({ is_verified: true, is_admin: false });
    const token = await logIn(client, json.user.email);
    const { json: mine } = await client('GET', '/v1/me/orgs', { token });
    expect(mine.organizations).toMatchObject([{ id: admin.orgId, role: 'MEMBER' }]);
  });

  test('without a team gives an organization of its own', async () => {
    const { json } = await register(admin.token);
    const token = await logIn(client, json.user.email);
    const { json: mine } = await client('GET', '/v1/me/orgs', { token });
    expect(mine.organizations).toMatchObject([{ name: 'Default Org', role: 'ADMIN' }]);
    expect(mine.organizations[0].id).not.toBe(admin.orgId);
  });

  test('is refused to dead credentials, before the body is looked at', async () => {
    const answer = await client('POST', '/v1/auth/register', { token: 'sess_dead', body: {} });
    expect(answer).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
  });

  test('is refused to keys, to users who are no is_admin, and to unverified ones', async () => {
    const key = await newKey(client, admin, 'admin');
    expect(await register(key)).toMatchObject({ status: 403, json: { error: 'forbidden' } });

    const { json } = await register(admin.token, { team_id: admin.teamId });
    const editor = await logIn(client, json.user.email);
    expect(await register(editor)).toMatchObject({ status: 403, json: { error: 'forbidden' } });

    const unverified = await newPerson(server, client);
    await server.sql('update users set is_verified = false where id = $1', [unverified.id]);
    expect(await register(unverified.token)).toMatchObject({
      status: 403,
      json: { error: 'user is not verified' },
    });
  });

  test('knows teams that are not there, and those of others', async () => {
    const stranger = await newPerson(server, client);
    expect(await register(admin.token, { team_id: crypto.randomUUID() })).toMatchObject({
      status: 404,
      json: { error: 'team not found' },
    });
    expect(await register(admin.token, { team_id: stranger.teamId })).toMatchObject({
      status: 403,
      json: { error: 'user does not belong to the organization of the specified team' },
    });
    expect(await register(admin.token, { team_id: 'junk' })).toMatchObject({
      status: 400,
      json: { error: 'invalid id' },
    });
  });

  test('reaches every team of the organization', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Support');
    expect((await register(admin.token, { team_id: teamId })).status).toBe(201);
  });
});

describe('verify-email', () => {
  const verify = (body: object) => client('POST', '/v1/auth/verify-email', { body });
  const WRONG = { status: 400, json: { error: 'invalid verification code' } };

  async function registered(): Promise<{ email: string; code: string; wrong: string }> {
    const email = newAddress();
    await client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    const code = await mailedCode(server, email);
    return { email, code, wrong: code === '000000' ? '111111' : '000000' };
  }

  test('takes a code once', async () => {
    const { email, code } = await registered();
    expect(await verify({ email, code })).toMatchObject({
      status: 200,
      json: { message: 'email verified successfully' },
    });
    expect(await verify({ email, code })).toMatchObject(WRONG);
  });

  test('takes no code after 15 minutes', async () => {
    const { email, code } = await registered();
    await server.sql(`update verification_codes set expires_at = expires_at - interval '15 minutes'`);
    expect(await verify({ email, code })).toMatchObject(WRONG);
  });

  test('takes the right code at the fifth try and no more at the sixth', async () => {
    const one = await registered();
    for (let tries = 0; tries < 4; tries += 1) {
      expect(await verify({ email: one.email, code: one.wrong })).toMatchObject(WRONG);
    }
    expect(await verify({ email: one.email, code: one.code })).toMatchObject({ status: 200 });
    const other = await registered();
    for (let tries = 0; tries < 5; tries += 1) await verify({ email: other.email, code: other.wrong });
    expect(await verify({ email: other.email, code: other.code })).toMatchObject(WRONG);
  });

  test('counts 100 parallel tries one by one: five, and then the right code is worth nothing', async () => {
    const { email, code, wrong } = await registered();
    const answers = await Promise.all(Array.from({ length: 100 }, () => verify({ email, code: wrong })));
    for (const answer of answers) expect(answer).toMatchObject(WRONG);
    const [row] = await server.sql<{ attempts: number }>(
      `select attempts from verification_codes
       where user_id = (select id from users where email = $1)`,
      [email],
    );
    expect(row?.attempts).toBe(5);
    expect(await verify({ email, code })).toMatchObject(WRONG);
  });

  test('takes of 20 parallel uses of a code one', async () => {
    const { email, code } = await registered();
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify({ email, code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });

  test('takes fewer tries where it is told so', async () => {
    const { email, code, wrong } = await registered();
    const strict = await startControlPlane({ PX0_CODE_TRIES: '1' }, server);
    const strictClient = await documentedClient(strict.url);
    const tryCode = (body: object) => strictClient('POST', '/v1/auth/verify-email', { body });
    expect(await tryCode({ email, code: wrong })).toMatchObject(WRONG);
    expect(await tryCode({ email, code })).toMatchObject(WRONG);
    await strict.close();
  });

  test.each([[{}], [{ email: 'a@example.com' }], [{ code: '123456' }], [{ email: '', code: '' }]])(
    'refuses %j',
    async (body) => {
      expect(await verify(body)).toMatchObject({
        status: 400,
        json: { error: 'email and code are required' },
      });
    },
  );

  test('says the same of an address that nobody has', async () => {
    expect(await verify({ email: newAddress(), code: '123456' })).toMatchObject(WRONG);
    expect(await verify({ email: 'a\u0000b', code: '\u0000' })).toMatchObject(WRONG);
  });

  test('mails another code, in whose place the first is worth nothing', async () => {
    const { email, code } = await registered();
    const sent = { status: 200, json: { message: 'verification email sent successfully' } };
    const path = (address: string) => `/v1/auth/verify-email?email=${encodeURIComponent(address)}`;
    await server.sql(`update verification_codes set expires_at = expires_at - interval '1 minute'`);
    expect(await client('GET', path(email.toUpperCase()))).toMatchObject(sent);
    expect(await client('GET', path(newAddress()))).toMatchObject(sent);
    expect(await client('GET', path('junk\u0000'))).toMatchObject(sent);
    const second = await mailedCode(server, email, 2);
    if (second !== code) expect(await verify({ email, code })).toMatchObject(WRONG);
    expect(await verify({ email, code: second })).toMatchObject({ status: 200 });
    for (const query of ['', '?email=']) {
      expect(await client('GET', `/v1/auth/verify-email${query}`)).toMatchObject({
        status: 400,
        json: { error: 'email is required' },
      });
    }
  });

  test('gives no new code, and no new tries, within a minute', async () => {
    const { email, code, wrong } = await registered();
    for (let tries = 0; tries < 4; tries += 1) await verify({ email, code: wrong });
    await client('GET', `/v1/auth/verify-email?email=${email}`);
    expect(await mailedCode(server, email)).toBe(code);
    await verify({ email, code: wrong });
    expect(await verify({ email, code })).toMatchObject(WRONG);
  });

  test('tells apart no addresses that differ in case, of whatever letters', async () => {
    const email = `é${newAddress()}`;
    const register = (address: string) =>
      client('POST', '/v1/auth/register', { body: { email: address, password: PASSWORD } });
    expect(await register(email)).toMatchObject({ status: 201 });
    expect(await register(email.toUpperCase())).toMatchObject({ status: 409 });
  });

  test('keeps no code in the clear', async () => {
    const { email, code } = await registered();
    const rows = await server.sql<object>('select * from verification_codes');
    expect(JSON.stringify(rows)).not.toContain(code);
    expect(JSON.stringify(rows)).not.toContain(email);
  });
});

describe('login', () => {
  const login = (body: object) => client('POST', '/v1/auth/login', { body });

  test('gives a session of 24 hours, whatever the case of the address', async () => {
    const { status, json } = await login({ email: admin.email.toUpperCase(), password: PASSWORD });
    expect(status).toBe(200);
    expect(json.token).toMatch(/^sess_[\w-]{43}$/);
    expect(json.user).toMatchObject({ id: admin.id, email: admin.email, is_verified: true });
    expect(Object.keys(json).sort()).toEqual(['expires_at', 'token', 'user']);
    const hours = (Date.parse(json.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThanOrEqual(24);
    const kept = await server.sql<object>('select token_hash::text, user_id from sessions');
    expect(JSON.stringify(kept)).not.toContain(json.token);
  });

  test('says the same for a wrong password and an unknown address', async () => {
    const wrong = { status: 401, json: { error: 'invalid credentials' } };
    expect(await login({ email: admin.email, password: 'Wrong-Horse-7' })).toMatchObject(wrong);
    expect(await login({ email: newAddress(), password: PASSWORD })).toMatchObject(wrong);
    expect(await login({ email: 'junk\u0000', password: '' })).toMatchObject(wrong);
    expect(await login({})).toMatchObject({ status: 400, json: { error: 'invalid request body' } });
  });

  test('tells an unverified user so only after the right password', async () => {
    const email = newAddress();
    await client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    expect(await login({ email, password: 'Wrong-Horse-7' })).toMatchObject({ status: 401 });
    expect(await login({ email, password: PASSWORD })).toMatchObject({
      status: 403,
      json: { error: 'user is not verified' },
    });
  });
});

describe('a session', () => {
  const UNAUTHORIZED = { status: 401, json: { error: 'unauthorized' } };

  test('tells who I am', async () => {
    const { status, json } = await client('GET', '/v1/auth/me', { token: admin.token });
    expect(status).toBe(200);
    expect(json).toMatchObject({ user: { id: admin.id, email: admin.email } });
  });

  test.each([[undefined], ['sess_unknown'], ['ak_not-a-key'], ['junk']])('is not %s', async (token) => {
    expect(await client('GET', '/v1/auth/me', { token })).toMatchObject(UNAUTHORIZED);
    expect(
      await client('GET', '/v1/auth/me', { headers: { authorization: `Basic ${token}` } }),
    ).toMatchObject(UNAUTHORIZED);
  });

  test('is not an API key', async () => {
    const key = await newKey(client, admin, 'admin');
    expect(await client('GET', '/v1/auth/me', { token: key })).toMatchObject({
      status: 403,
      json: { error: 'access token required' },
    });
  });

  test('ends with logout, which is good without a session too', async () => {
    const token = await logIn(client, admin.email);
    for (const each of [token, token, undefined, 'junk']) {
      const answer = await client('DELETE', '/v1/auth/session', { token: each });
      expect(answer).toMatchObject({ status: 204, json: undefined });
    }
    expect(await client('GET', '/v1/auth/me', { token })).toMatchObject(UNAUTHORIZED);
    expect(await client('GET', '/v1/auth/me', { token: admin.token })).toMatchObject({ status: 200 });
  });

  test('ends when its time is over', async () => {
    const person = await newPerson(server, client);
    await server.sql('update sessions set expires_at = now() where user_id = $1', [person.id]);
    expect(await client('GET', '/v1/auth/me', { token: person.token })).toMatchObject(UNAUTHORIZED);
  });
});

test('passwords, tokens and codes appear in the log in mail lines alone', async () => {
  const person = await newPerson(server, client);
  const lines = server.log().split('\n');
  expect(server.log()).not.toContain(PASSWORD);
  expect(server.log()).not.toContain(person.token);
  expect(lines.filter((line) => line.includes(person.email))).toHaveLength(1);
});
