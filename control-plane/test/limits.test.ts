import { type RedisServer, startRedis, testRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { networkOf } from '#limits/network.js';
import { mailedCode, newAddress, newPerson, PASSWORD, type Person } from './cast.js';
import { type Answer, type Client, documentedClient } from './documented-client.js';
import { resetCodeFor } from './reset-codes.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

const WRONG_PASSWORD = 'Wrong-Horse-7';
const OFF = Object.fromEntries(
  [
    'LOGIN_ACCOUNT',
    'LOGIN_ADDRESS',
    'REGISTER_ACCOUNT',
    'REGISTER_ADDRESS',
    'VERIFY_ACCOUNT',
    'VERIFY_ADDRESS',
    'MAIL_ACCOUNT',
    'MAIL_ADDRESS',
    'RESET_ADDRESS',
    'PASSWORD_ACCOUNT',
  ].map((name) => [`PX0_LIMIT_${name}`, 'off']),
);

/** A control plane on a database of its own with these limits, and no others. */
interface Limited {
  readonly server: RunningControlPlane;
  readonly client: Client;
}

const running: RunningControlPlane[] = [];
/** Makes the people, unlimited. */
let maker: Limited;

beforeAll(async () => {
  const { server, client } = await limited({});
  // Any of the servers may send the mails, which are in its log then.
  maker = { server: { ...server, log: () => running.map((each) => each.log()).join('') }, client };
});
afterAll(async () => {
  for (const server of running.reverse()) await server.close();
});

async function limited(limits: Record<string, string>, env: Record<string, string> = {}): Promise<Limited> {
  const named = Object.fromEntries(Object.entries(limits).map(([name, rate]) => [`PX0_LIMIT_${name}`, rate]));
  const server = await startControlPlane(
    { PX0_LIMITS: 'on', ...OFF, ...named, ...env },
    running.length > 0 ? running[0] : undefined,
  );
  running.push(server);
  return { server, client: await documentedClient(server.url) };
}

test('an account is one, whatever the case of its letters: İ has no count of its own', async () => {
  const at = await limited({ LOGIN_ACCOUNT: '2/1h' });
  await login(at, 'iris.ä@example.com');
  await login(at, 'İRİS.Ä@example.com');
  for (const email of ['iris.ä@example.com', 'İris.ä@example.com', 'IRIS.Ä@example.com']) {
    expect((await login(at, email)).status, email).toBe(429);
  }
});

const newUser = () => newPerson(maker.server, maker.client);
const login = ({ client }: Limited, email: string, password = WRONG_PASSWORD) =>
  client('POST', '/v1/auth/login', { body: { email, password } });
const change = ({ client }: Limited, { token }: Person, current_password: string) =>
  client('POST', '/v1/auth/me/change-password', {
    token,
    body: { current_password, new_password: PASSWORD },
  });
const verify = ({ client }: Limited, email: string) =>
  client('POST', '/v1/auth/verify-email', { body: { email, code: '000000' } });
const askForCode = ({ client }: Limited, email: string) =>
  client('GET', `/v1/auth/verify-email?email=${email}`);
const trigger = ({ client }: Limited, email: string) =>
  client('POST', '/v1/auth/password-reset/trigger', { body: { email } });
const reset = ({ client }: Limited, code = 'reset_unknown') =>
  client('POST', '/v1/auth/password-reset/reset', { body: { code, new_password: PASSWORD } });
const register = ({ client }: Limited, email = newAddress()) =>
  client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
const changeAddress = ({ client }: Limited, { token }: Person) =>
  client('PUT', '/v1/auth/me', { token, body: { email: newAddress() } });

function demandTooMany({ status, json, headers }: Answer, most: number): void {
  expect({ status, json }).toEqual({ status: 429, json: { error: 'too many requests' } });
  expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(most);
}

async function statuses(calls: readonly (() => Promise<Answer>)[]): Promise<number[]> {
  const seen: number[] = [];
  for (const call of calls) seen.push((await call()).status);
  return seen;
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

describe('after so many', () => {
  test('failed logins to one account even the right password is too much, alike for unknown ones', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '3/10m' });
    const { email } = await newUser();
    for (const address of [email, newAddress()]) {
      expect(await statuses(times(3, () => login(at, address)))).toEqual([401, 401, 401]);
      demandTooMany(await login(at, address), 600);
      demandTooMany(await login(at, address.toUpperCase(), PASSWORD), 600);
    }
    expect((await login(at, (await newUser()).email, PASSWORD)).status).toBe(200);
  });

  test('failed logins from one address all logins are', async () => {
    const at = await limited({ LOGIN_ADDRESS: '3/10m' });
    const { email } = await newUser();
    expect(await statuses(times(3, () => login(at, newAddress())))).toEqual([401, 401, 401]);
    demandTooMany(await login(at, email, PASSWORD), 600);
  });

  test('registrations of one address another one is', async () => {
    const at = await limited({ REGISTER_ACCOUNT: '2/1h' });
    const email = newAddress();
    expect(await statuses(times(2, () => register(at, email)))).toEqual([201, 409]);
    demandTooMany(await register(at, email), 3_600);
    expect((await register(at)).status).toBe(201);
  });

  test('registrations from one address another one is, and malformed ones count nothing', async () => {
    const at = await limited({ REGISTER_ADDRESS: '2/1h' });
    const junk = [
      {},
      { email: 'junk', password: PASSWORD },
      { email: newAddress(), password: 'correct-horse' },
    ];
    for (const body of junk)
      expect((await at.client('POST', '/v1/auth/register', { body })).status).toBe(400);
    expect(await statuses(times(2, () => register(at)))).toEqual([201, 201]);
    demandTooMany(await register(at), 3_600);
    const { token } = await newUser();
    const body = { email: newAddress(), password: PASSWORD };
    demandTooMany(await at.client('POST', '/v1/auth/register', { token, body }), 3_600);
  });

  test('tries of a code for one account another one is, alike for unknown ones', async () => {
    const at = await limited({ VERIFY_ACCOUNT: '3/10m' });
    const email = newAddress();
    await register(maker, email);
    await mailedCode(maker.server, email);
    for (const address of [email, newAddress()]) {
      expect(await statuses(times(3, () => verify(at, address)))).toEqual([400, 400, 400]);
      demandTooMany(await verify(at, address), 600);
    }
  });

  test('tries of codes from one address another one is', async () => {
    const at = await limited({ VERIFY_ADDRESS: '3/10m' });
    expect(await statuses(times(3, () => verify(at, newAddress())))).toEqual([400, 400, 400]);
    demandTooMany(await verify(at, newAddress()), 600);
  });

  test('mails to one account another one is, of whatever kind, alike for unknown ones', async () => {
    const at = await limited({ MAIL_ACCOUNT: '2/10m' });
    const { email } = await newUser();
    for (const address of [email, newAddress()]) {
      expect((await askForCode(at, address)).status).toBe(200);
      expect((await trigger(at, address)).status).toBe(200);
      demandTooMany(await askForCode(at, address), 600);
      demandTooMany(await trigger(at, address), 600);
    }
  });

  test('mails asked for from one address another one is', async () => {
    const at = await limited({ MAIL_ADDRESS: '2/10m' });
    expect((await askForCode(at, newAddress())).status).toBe(200);
    expect((await trigger(at, newAddress())).status).toBe(200);
    demandTooMany(await askForCode(at, newAddress()), 600);
    demandTooMany(await trigger(at, newAddress()), 600);
  });

  test('changes of an address another one is, for this user', async () => {
    const at = await limited({ MAIL_ACCOUNT: '2/10m' });
    const [person, other] = [await newUser(), await newUser()];
    expect(await statuses(times(2, () => changeAddress(at, person)))).toEqual([200, 200]);
    demandTooMany(await changeAddress(at, person), 600);
    expect((await changeAddress(at, other)).status).toBe(200);
  });

  test('tries of password reset codes another one is', async () => {
    const at = await limited({ RESET_ADDRESS: '2/10m' });
    expect(await statuses(times(2, () => reset(at)))).toEqual([400, 400]);
    demandTooMany(await reset(at), 600);
  });

  test('failed changes of a password even the right one is', async () => {
    const at = await limited({ PASSWORD_ACCOUNT: '2/10m' });
    const [person, other] = [await newUser(), await newUser()];
    expect(await statuses(times(2, () => change(at, person, WRONG_PASSWORD)))).toEqual([401, 401]);
    demandTooMany(await change(at, person, PASSWORD), 600);
    expect((await change(at, other, PASSWORD)).status).toBe(200);
  });
});

describe('a limit of failures', () => {
  test('counts no success', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '2/10m', LOGIN_ADDRESS: '3/10m', PASSWORD_ACCOUNT: '2/10m' });
    const person = await newUser();
    expect(await statuses(times(6, () => login(at, person.email, PASSWORD)))).toEqual(times(6, 200));
    expect(await statuses(times(6, () => change(at, person, PASSWORD)))).toEqual(times(6, 200));
    expect((await login(at, person.email)).status).toBe(401);
  });

  test('lets no more than so many of 100 parallel guesses through', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '7/10m', LOGIN_ADDRESS: '9/10m' });
    const { email } = await newUser();
    const answers = await Promise.all(times(100, () => login(at, email)).map((guess) => guess()));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(93);
    // What was refused has not been counted against the address either.
    expect(await statuses(times(3, () => login(at, newAddress())))).toEqual([401, 401, 429]);
  });

  test('is over with its time', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '1/1s' });
    const { email } = await newUser();
    await login(at, email);
    demandTooMany(await login(at, email, PASSWORD), 1);
    const answer = await until('the limit is over', async () => {
      const { status } = await login(at, email, PASSWORD);
      return status === 200 ? status : undefined;
    });
    expect(answer).toBe(200);
  });

  test('is forgotten when the password is reset', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '2/10m' });
    const { email } = await newUser();
    expect(await statuses(times(3, () => login(at, email)))).toEqual([401, 401, 429]);
    await trigger(maker, email);
    expect((await reset(at, await resetCodeFor(maker.server, email))).status).toBe(200);
    expect((await login(at, email, PASSWORD)).status).toBe(200);
  });
});

describe('with Redis', () => {
  test('servers count together, hold no address, and take a window as it is', async () => {
    const { url, prefix } = testRedis();
    const env = { REDIS_URL: url, PX0_REDIS_PREFIX: prefix };
    const rates = { LOGIN_ACCOUNT: '6/10m', LOGIN_ADDRESS: '50/10m' };
    const [one, other] = [await limited(rates, env), await limited(rates, env)];
    const { email } = await newUser();
    const guesses = Array.from({ length: 100 }, (_, index) => login(index % 2 ? one : other, email));
    const answers = await Promise.all(guesses);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(6);
    for (const at of [one, other]) demandTooMany(await login(at, email, PASSWORD), 600);

    const redis = new Redis(url);
    const keys = await redis.keys(`${prefix}:limit:*`);
    expect(keys.map((key) => key.split(':').at(-2)).sort()).toEqual(['login_account', 'login_address']);
    for (const key of keys) {
      expect(key).toMatch(/:[\w-]{43}$/);
      expect(await redis.pttl(key)).toBeGreaterThan(500_000);
    }
    const account = keys.find((key) => key.includes('login_account')) ?? '';
    expect(await redis.get(account)).toBe('6');

    await trigger(maker, email);
    expect((await reset(one, await resetCodeFor(maker.server, email))).status).toBe(200);
    expect((await login(other, email, PASSWORD)).status).toBe(200);
    expect(await redis.exists(account)).toBe(0);
    redis.disconnect();
  });

  describe('that dies', () => {
    let redis: RedisServer;
    let at: Limited;

    beforeAll(async () => {
      redis = await startRedis();
      at = await limited({ LOGIN_ACCOUNT: '3/10m' }, { REDIS_URL: redis.url });
    });
    afterAll(async () => {
      await redis.stop();
    });

    const told = (words: string) => at.server.log().split(words).length - 1;

    test('each server counts by itself, and nobody waits', async () => {
      const { email } = await newUser();
      expect(await statuses(times(2, () => login(at, email)))).toEqual([401, 401]);
      await redis.kill();
      expect(await statuses(times(5, () => login(at, email)))).toEqual([401, 401, 401, 429, 429]);
      const begun = Date.now();
      for (let tries = 0; tries < 20; tries += 1) await login(at, email);
      expect(Date.now() - begun).toBeLessThan(2_000);
      expect(told('limits are counted without Redis')).toBe(1);
    });

    test('it counts in Redis again when that is back', async () => {
      await redis.start();
      await until(
        'the log tells',
        async () => (told('limits are counted in Redis again') > 0 ? true : undefined),
        15_000,
      );
      const { email } = await newUser();
      expect(await statuses(times(4, () => login(at, email)))).toEqual([401, 401, 401, 429]);
    });

    test('or falls silent delays one request a little, and not each', async () => {
      const { email } = await newUser();
      redis.pause();
      const begun = Date.now();
      expect(await statuses(times(4, () => login(at, email)))).toEqual([401, 401, 401, 429]);
      for (let tries = 0; tries < 10; tries += 1) await login(at, email);
      expect(Date.now() - begun).toBeLessThan(4_000);
      redis.resume();
    });
  });

  test('that is not there at the start a server starts all the same', async () => {
    const at = await limited({ LOGIN_ACCOUNT: '1/10m' }, { REDIS_URL: 'redis://127.0.0.1:1' });
    const { email } = await newUser();
    expect(await statuses(times(2, () => login(at, email)))).toEqual([401, 429]);
    expect(at.server.log().split('limits are counted without Redis')).toHaveLength(2);
  });
});

test('behind a proxy that is trusted the caller behind it is counted, and else the proxy', async () => {
  const rates = { LOGIN_ADDRESS: '1/10m' };
  const trusting = await limited(rates, { PX0_TRUST_PROXY: '127.0.0.1' });
  const guess = ({ client }: Limited, from: string) =>
    client('POST', '/v1/auth/login', {
      body: { email: newAddress(), password: WRONG_PASSWORD },
      headers: { 'x-forwarded-for': from },
    });
  const tries = ['192.0.2.1', '192.0.2.2', '192.0.2.1', '2001:db8::1', '2001:db8::2'];
  expect(await statuses(tries.map((from) => () => guess(trusting, from)))).toEqual([401, 401, 429, 401, 429]);
  const plain = await limited(rates);
  expect(await statuses(tries.slice(0, 2).map((from) => () => guess(plain, from)))).toEqual([401, 429]);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::6', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
