import { beforeAll, describe, expect, test } from 'vitest';
import { HashingGate } from '#accounts/hashing-gate.js';
import { hashPassword, isRightPassword } from '#accounts/password.js';
import { createResetCode } from '#accounts/secrets.js';
import { logIn, mailedCode, newAddress, newKey, newPerson, PASSWORD, type Person } from './cast.js';
import { startForFile } from './control-plane-of-file.js';
import { resetCodeFor } from './reset-codes.js';

const OTHER_PASSWORD = 'Other-Horse-8';
const COMPLEXITY =
  'password must contain at least one uppercase letter, one lowercase letter, one digit, and one special character';

let person: Person;

const { server, client } = await startForFile();

const login = (email: string, password: string) =>
  client('POST', '/v1/auth/login', { body: { email, password } });

describe('a password', () => {
  test('is kept as argon2id of 19 MiB, 2 passes, 1 lane', async () => {
    person = await newPerson(server, client);
    const [row] = await server.sql<{ password_hash: string }>(
      'select password_hash from users where id = $1',
      [person.id],
    );
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  });

  test('is right or not, and never where none is kept', async () => {
    const kept = await hashPassword(PASSWORD);
    expect(await isRightPassword(PASSWORD, kept)).toBe(true);
    expect(await isRightPassword(OTHER_PASSWORD, kept)).toBe(false);
    expect(await isRightPassword(PASSWORD, undefined)).toBe(false);
    expect(await hashPassword(PASSWORD)).not.toBe(kept);
  });
});

describe('change-password', () => {
  const change = (token: string | undefined, body: object) =>
    client('POST', '/v1/auth/me/change-password', { token, body });

  beforeAll(async () => {
    person = await newPerson(server, client);
  });

  test('changes the password, and nothing else', async () => {
    const body = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
    expect(await change(person.token, body)).toMatchObject({
      status: 200,
      json: { message: 'password changed successfully' },
    });
    expect((await login(person.email, PASSWORD)).status).toBe(401);
    expect((await login(person.email, OTHER_PASSWORD)).status).toBe(200);
    const back = { current_password: OTHER_PASSWORD, new_password: PASSWORD };
    expect((await change(person.token, back)).status).toBe(200);
  });

  test.each([
    [{}, 400, 'invalid request body'],
    [{ current_password: PASSWORD }, 400, 'invalid request body'],
    [{ new_password: OTHER_PASSWORD }, 400, 'invalid request body'],
    [{ current_password: 7, new_password: OTHER_PASSWORD }, 400, 'invalid request body'],
    [
      { current_password: 'Wrong-Horse-7', new_password: 'Ab-4567' },
      400,
      'password must be at least 8 characters',
    ],
    [{ current_password: 'Wrong-Horse-7', new_password: 'correct-horse-7' }, 400, COMPLEXITY],
    [{ current_password: 'Wrong-Horse-7', new_password: OTHER_PASSWORD }, 401, 'invalid credentials'],
    [{ current_password: '', new_password: OTHER_PASSWORD }, 401, 'invalid credentials'],
  ])('refuses %j', async (body, status, error) => {
    expect(await change(person.token, body)).toMatchObject({ status, json: { error } });
  });

  test('is for sessions', async () => {
    const body = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
    expect(await change(undefined, body)).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
    const key = await newKey(client, person, 'admin');
    expect(await change(key, body)).toMatchObject({ status: 403, json: { error: 'forbidden' } });
  });

  test('of several in parallel is done once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        change(person.token, { current_password: PASSWORD, new_password: `${OTHER_PASSWORD}-${index}` }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect([...statuses].sort()).toEqual([200, 401, 401, 401, 401, 401]);
    const winner = `${OTHER_PASSWORD}-${statuses.indexOf(200)}`;
    expect((await login(person.email, winner)).status).toBe(200);
  });
});

describe('password-reset', () => {
  const SENT = { status: 200, json: { message: 'password reset email sent successfully' } };
  const INVALID = { status: 400, json: { error: 'invalid or expired password reset code' } };
  const trigger = (body: object) => client('POST', '/v1/auth/password-reset/trigger', { body });
  const reset = (code: unknown, new_password: unknown = OTHER_PASSWORD) =>
    client('POST', '/v1/auth/password-reset/reset', { body: { code, new_password } });

  async function triggered(): Promise<{ email: string; code: string }> {
    const { email } = await newPerson(server, client);
    expect(await trigger({ email })).toMatchObject(SENT);
    return { email, code: await resetCodeFor(server, email) };
  }

  test('takes a code once, and tells whose it was', async () => {
    const { email, code } = await triggered();
    expect(await reset(code)).toMatchObject({
      status: 200,
      json: { message: 'password reset successfully', email },
    });
    expect((await login(email, OTHER_PASSWORD)).status).toBe(200);
    expect((await login(email, PASSWORD)).status).toBe(401);
    expect(await reset(code)).toMatchObject(INVALID);
  });

  test('says the same whoever the address belongs to, in whatever case', async () => {
    const { email } = await newPerson(server, client);
    for (const address of [email.toUpperCase(), newAddress(), 'junk', 'a\u0000@example.com']) {
      expect(await trigger({ email: address })).toMatchObject(SENT);
    }
    expect(await reset(await resetCodeFor(server, email))).toMatchObject({ status: 200, json: { email } });
  });

  test.each([[{}], [{ email: '' }], [{ email: null }]])('is not triggered by %j', async (body) => {
    expect(await trigger(body)).toMatchObject({ status: 400, json: { error: 'email is required' } });
  });

  test.each([
    [{}, 'code and new_password are required'],
    [{ code: 'x' }, 'code and new_password are required'],
    [{ new_password: OTHER_PASSWORD }, 'code and new_password are required'],
    [{ code: '', new_password: '' }, 'code and new_password are required'],
    [{ code: 'x', new_password: 'Ab-4567' }, 'password must be at least 8 characters'],
    [{ code: 'x', new_password: 'correct-horse-7' }, COMPLEXITY],
    [{ code: 7, new_password: OTHER_PASSWORD }, 'invalid request body'],
    [{ code: 'x', new_password: OTHER_PASSWORD }, 'invalid or expired password reset code'],
    [{ code: '\u0000', new_password: OTHER_PASSWORD }, 'invalid or expired password reset code'],
    [{ code: createResetCode(), new_password: OTHER_PASSWORD }, 'invalid or expired password reset code'],
  ])('refuses %j', async (body, error) => {
    const answer = await client('POST', '/v1/auth/password-reset/reset', { body });
    expect(answer).toMatchObject({ status: 400, json: { error } });
  });

  test('spends no code on a password that is refused', async () => {
    const { code } = await triggered();
    expect(await reset(code, 'simple-horse')).toMatchObject({ status: 400, json: { error: COMPLEXITY } });
    expect(await reset(code)).toMatchObject({ status: 200 });
  });

  test('takes no code after 15 minutes', async () => {
    const { email, code } = await triggered();
    await server.sql(
      `update password_reset_codes set expires_at = expires_at - interval '15 minutes'
       where user_id = (select id from users where email = $1)`,
      [email],
    );
    expect(await reset(code)).toMatchObject(INVALID);
  });

  test('takes of 20 parallel uses of a code one', async () => {
    const { email, code } = await triggered();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => reset(code, `${OTHER_PASSWORD}-${index}`)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(19);
    const winner = `${OTHER_PASSWORD}-${statuses.indexOf(200)}`;
    expect((await login(email, winner)).status).toBe(200);
  });

  test('mails no second code within a minute, and then one in whose place the first is worth nothing', async () => {
    const { email, code } = await triggered();
    await trigger({ email });
    await server.sql(`update password_reset_codes set expires_at = expires_at - interval '1 minute'`);
    await trigger({ email });
    await expect.poll(() => resetCodeFor(server, email), { timeout: 15_000 }).not.toBe(code);
    expect(await reset(code)).toMatchObject(INVALID);
    expect(await reset(await resetCodeFor(server, email))).toMatchObject({ status: 200 });
  });

  test('is void once the password or the address has been changed', async () => {
    const one = await newPerson(server, client);
    await trigger({ email: one.email });
    const first = await resetCodeFor(server, one.email);
    const body = { current_password: PASSWORD, new_password: PASSWORD };
    await client('POST', '/v1/auth/me/change-password', { token: one.token, body });
    expect(await reset(first)).toMatchObject(INVALID);

    await trigger({ email: one.email });
    await expect.poll(() => resetCodeFor(server, one.email), { timeout: 15_000 }).not.toBe(first);
    const second = await resetCodeFor(server, one.email);
    await client('PUT', '/v1/auth/me', { token: one.token, body: { email: newAddress() } });
    expect(await reset(second)).toMatchObject(INVALID);
  });

  test('verifies nobody', async () => {
    const email = newAddress();
    await client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
    const verification = await mailedCode(server, email);
    await trigger({ email });
    expect(await reset(await resetCodeFor(server, email))).toMatchObject({ status: 200 });
    expect(await login(email, OTHER_PASSWORD)).toMatchObject({ status: 403 });
    await client('POST', '/v1/auth/verify-email', { body: { email, code: verification } });
    expect(await login(email, OTHER_PASSWORD)).toMatchObject({ status: 200 });
  });

  test('keeps no code in the clear', async () => {
    const { code, email } = await triggered();
    const rows = await server.sql<object>('select * from password_reset_codes');
    expect(JSON.stringify(rows)).not.toContain(code.slice('reset_'.length));
    expect(JSON.stringify(rows)).not.toContain(email);
    await logIn(client, email);
  });

  test('codes hold no digits, so that nobody takes a part of one for the other code', () => {
    const codes = Array.from({ length: 100 }, createResetCode);
    expect(new Set(codes).size).toBe(100);
    for (const code of codes) expect(code).toMatch(/^reset_[A-Za-z]{46}$/);
  });
});

describe('hashing', () => {
  test('goes on for so many at once, and so many wait in line', async () => {
    const gate = new HashingGate(2, 3);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const enter = (index: number) =>
      gate.pass(async () => {
        started.push(index);
        await new Promise<void>((resolve) => finish.push(resolve));
        return index;
      });
    const first = [0, 1, 2, 3, 4].map(enter);
    await expect(enter(5)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    expect(started).toEqual([0, 1]);
    finish.shift()?.();
    expect(await first[0]).toBe(0);
    await expect.poll(() => started).toEqual([0, 1, 2]);
    const late = enter(6);
    while (started.length < 6 || finish.length > 0) {
      finish.shift()?.();
      await new Promise(setImmediate);
    }
    expect(await Promise.all([...first, late])).toEqual([0, 1, 2, 3, 4, 6]);
    expect(started).toEqual([0, 1, 2, 3, 4, 6]);
  });

  test('lets others in after a failure', async () => {
    const gate = new HashingGate(1, 0);
    await expect(gate.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.pass(async () => 'yes')).toBe('yes');
  });

  test('that is asked for too much answers 503, and soon works again', { timeout: 60_000 }, async () => {
    const email = newAddress();
    const answers = await Promise.all(Array.from({ length: 160 }, () => login(email, PASSWORD)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([401, 503]);
    const refused = answers.find(({ status }) => status === 503);
    expect(refused).toMatchObject({ json: { error: 'service unavailable' } });
    expect(refused?.headers.get('retry-after')).toBe('1');
    expect((await login(email, PASSWORD)).status).toBe(401);
  });
});
