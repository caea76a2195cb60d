import { until } from '@px0/test-bed';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { hashPassword } from '#accounts/password.js';
import { logIn, newPerson, PASSWORD, type Person } from './cast.js';
import { startForFile } from './control-plane-of-file.js';
import { resetCodeFor } from './reset-codes.js';

const OTHER_PASSWORD = 'Other-Horse-8';

const { server, client } = await startForFile();

const isAlive = async (token: string) => (await client('GET', '/v1/auth/me', { token })).status === 200;
const change = (token: string, current_password: string, new_password: string) =>
  client('POST', '/v1/auth/me/change-password', { token, body: { current_password, new_password } });

async function withSessions(count: number): Promise<{ person: Person; others: string[] }> {
  const person = await newPerson(server, client);
  const others = await Promise.all(Array.from({ length: count }, () => logIn(client, person.email)));
  return { person, others };
}

async function reset(email: string): Promise<void> {
  await client('POST', '/v1/auth/password-reset/trigger', { body: { email } });
  const code = await resetCodeFor(server, email);
  const body = { code, new_password: OTHER_PASSWORD };
  expect(await client('POST', '/v1/auth/password-reset/reset', { body })).toMatchObject({ status: 200 });
}

describe('in the moment', () => {
  test('of a logout its session ends, and no other', async () => {
    const { person, others } = await withSessions(2);
    await client('DELETE', '/v1/auth/session', { token: person.token });
    expect(await isAlive(person.token)).toBe(false);
    expect(await Promise.all(others.map(isAlive))).toEqual([true, true]);
  });

  test('of a change of the password all others end', async () => {
    const { person, others } = await withSessions(3);
    const stranger = await newPerson(server, client);
    expect((await change(person.token, PASSWORD, OTHER_PASSWORD)).status).toBe(200);
    expect(await isAlive(person.token)).toBe(true);
    expect(await Promise.all(others.map(isAlive))).toEqual([false, false, false]);
    expect(await isAlive(stranger.token)).toBe(true);
  });

  test('of a reset all end', async () => {
    const { person, others } = await withSessions(2);
    await reset(person.email);
    expect(await Promise.all([person.token, ...others].map(isAlive))).toEqual([false, false, false]);
  });

  test('of the deletion of its user all end', async () => {
    const { person, others } = await withSessions(2);
    await client('DELETE', '/v1/auth/me', { token: person.token });
    expect(await Promise.all([person.token, ...others].map(isAlive))).toEqual([false, false, false]);
  });

  test('of a refused change none ends', async () => {
    const { person, others } = await withSessions(1);
    expect((await change(person.token, OTHER_PASSWORD, OTHER_PASSWORD)).status).toBe(401);
    expect(await Promise.all([person.token, ...others].map(isAlive))).toEqual([true, true]);
  });
});

describe('of 50 logins with the old password', () => {
  interface Login {
    readonly status: number;
    readonly token: string | undefined;
  }

  /** Four at a time, so that what comes in between is not done after all of them. */
  async function logins(email: string, meanwhile: (done: number) => void): Promise<Login[]> {
    const answers: Login[] = [];
    let begun = 0;
    const lane = async () => {
      while (begun < 50) {
        begun += 1;
        const body = { email, password: PASSWORD };
        const { status, json } = await client('POST', '/v1/auth/login', { body });
        answers.push({ status, token: json.token });
        meanwhile(answers.length);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    return answers;
  }

  async function demandAllDead(answers: readonly Login[]): Promise<void> {
    const tokens = answers.flatMap(({ token }) => (token === undefined ? [] : [token]));
    expect(answers).toHaveLength(50);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(50 - tokens.length);
    // Some came before the change, and some after it.
    expect(tokens.length).toBeGreaterThan(0);
    expect(tokens.length).toBeLessThan(50);
    expect(await Promise.all(tokens.map(isAlive))).toEqual(tokens.map(() => false));
  }

  test.each([5, 20, 35])('none outlives a change after the %ith', async (after) => {
    const { person } = await withSessions(0);
    let changing: Promise<{ status: number }> | undefined;
    const answers = await logins(person.email, (done) => {
      if (done >= after) changing ??= change(person.token, PASSWORD, OTHER_PASSWORD);
    });
    expect((await changing)?.status).toBe(200);
    await demandAllDead(answers);
    expect(await isAlive(person.token)).toBe(true);
  });

  test('none outlives a reset', async () => {
    const { person } = await withSessions(0);
    let resetting: Promise<void> | undefined;
    const answers = await logins(person.email, (done) => {
      if (done >= 10) resetting ??= reset(person.email);
    });
    await resetting;
    await demandAllDead(answers);
  });
});

test('a login whose password has been changed since it was compared begins no session', async () => {
  const { person } = await withSessions(0);
  const otherHash = await hashPassword(OTHER_PASSWORD);
  const pool = new pg.Pool({ connectionString: server.databaseUrl });
  const changer = await pool.connect();
  await changer.query('begin');
  await changer.query('select from users where id = $1 for no key update', [person.id]);
  const login = client('POST', '/v1/auth/login', { body: { email: person.email, password: PASSWORD } });
  await until(
    'the login waits for the change',
    async () => {
      const waiting = await server.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.length > 0 ? true : undefined;
    },
    15_000,
  );
  await changer.query('update users set password_hash = $2 where id = $1', [person.id, otherHash]);
  await changer.query('commit');
  expect(await login).toMatchObject({ status: 401, json: { error: 'invalid credentials' } });
  changer.release();
  await pool.end();
});
