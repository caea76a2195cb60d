import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createResetCode, hashToken } from '#accounts/secrets.js';
import { mailedCode, newAddress, newPerson, PASSWORD } from './cast.js';
import { documentedClient } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

/** Whether an address is a user's shows in nothing: not in status, body, headers, or time. */

const CALLS = 60;
/** A busy machine may spoil a round by chance. A difference that is really there spoils all. */
const MOST_ROUNDS = 5;
/** Medians that are closer than either are alike: a fraction of the larger, and milliseconds. */
const ALIKE = { fraction: 0.15, milliseconds: 3 };

let server: RunningControlPlane;
let verified: string;
let unverified: string;
const table: string[] = [];

beforeAll(async () => {
  const many = Object.fromEntries(
    ['LOGIN', 'VERIFY', 'MAIL'].flatMap((name) => [
      [`PX0_LIMIT_${name}_ACCOUNT`, '100000/1h'],
      [`PX0_LIMIT_${name}_ADDRESS`, '100000/1h'],
    ]),
  );
  server = await startControlPlane({ PX0_LIMITS: 'on', PX0_LIMIT_RESET_ADDRESS: '100000/1h', ...many });
  const client = await documentedClient(server.url);
  verified = (await newPerson(server, client)).email;
  unverified = newAddress();
  await client('POST', '/v1/auth/register', { body: { email: unverified, password: PASSWORD } });
  await mailedCode(server, unverified);
});
afterAll(async () => {
  process.stdout.write(`median ms of ${CALLS} calls each, with a user and without:\n${table.join('')}`);
  await server.close();
});

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

interface Case {
  readonly name: string;
  /** About something that is there. */
  readonly known: () => Request;
  /** About something that is not. */
  readonly unknown: () => Request;
  /** Brings what is there back to where each call is to find it. */
  readonly before?: () => Promise<unknown>;
}

const post = (path: string, body: object): Request => ({ method: 'POST', path: `/v1/auth/${path}`, body });
const login = (email: string) => post('login', { email, password: 'Wrong-Horse-7' });
const verify = (email: string) => post('verify-email', { email, code: '12345x' });
const trigger = (email: string) => post('password-reset/trigger', { email });
const reset = (code: string) => post('password-reset/reset', { code, new_password: PASSWORD });
const askForCode = (email: string): Request => ({
  method: 'GET',
  path: `/v1/auth/verify-email?email=${email}`,
});
const expired = createResetCode();

const CASES: readonly Case[] = [
  {
    name: 'POST /v1/auth/login',
    known: () => login(verified),
    unknown: () => login(newAddress()),
  },
  {
    name: 'POST /v1/auth/login, an unverified user',
    known: () => login(unverified),
    unknown: () => login(newAddress()),
  },
  {
    name: 'GET /v1/auth/verify-email, a verified user',
    known: () => askForCode(verified),
    unknown: () => askForCode(newAddress()),
  },
  {
    name: 'GET /v1/auth/verify-email, an unverified user, who is mailed each time',
    known: () => askForCode(unverified),
    unknown: () => askForCode(newAddress()),
    before: () => server.sql('delete from verification_codes'),
  },
  {
    name: 'POST /v1/auth/verify-email, a verified user',
    known: () => verify(verified),
    unknown: () => verify(newAddress()),
  },
  {
    name: 'POST /v1/auth/verify-email, an unverified user, whose tries are counted',
    known: () => verify(unverified),
    unknown: () => verify(newAddress()),
    before: () =>
      server.sql(
        `insert into verification_codes (user_id, code_hash, expires_at)
         select id, sha256('no code'), now() + interval '15 minutes' from users where email = $1
         on conflict (user_id) do update
         set attempts = 0, expires_at = excluded.expires_at, code_hash = sha256('no code')`,
        [unverified],
      ),
  },
  {
    name: 'POST /v1/auth/password-reset/trigger, a user who is mailed each time',
    known: () => trigger(verified),
    unknown: () => trigger(newAddress()),
    before: () => server.sql('delete from password_reset_codes'),
  },
  {
    name: 'POST /v1/auth/password-reset/reset, an expired code',
    known: () => reset(expired),
    unknown: () => reset(createResetCode()),
    before: () =>
      server.sql(
        `insert into password_reset_codes (user_id, code_hash, expires_at)
         select id, $1, now() from users where email = $2
         on conflict (user_id) do update set code_hash = excluded.code_hash, expires_at = now()`,
        [hashToken(expired), verified],
      ),
  },
];

interface Seen {
  readonly milliseconds: number;
  /** All that an answer shows. */
  readonly answer: object;
}

async function ask({ method, path, body }: Request): Promise<Seen> {
  const begun = performance.now();
  const response = await fetch(server.url + path, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const milliseconds = performance.now() - begun;
  const headers = [...response.headers].map(([name, value]) =>
    name === 'date' || name === 'x-request-id' ? name : `${name}: ${value}`,
  );
  return { milliseconds, answer: { status: response.status, text, headers } };
}

describe.each(CASES)('$name', ({ name, known, unknown, before }) => {
  /** Both kinds in turn, each as often the first as the second: one call may cost the next one time. */
  async function round(): Promise<{ known: number; unknown: number }> {
    const seen: Record<'known' | 'unknown', Seen[]> = { known: [], unknown: [] };
    for (let call = 0; call < CALLS; call += 1) {
      const order = call % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const);
      for (const kind of order) {
        await before?.();
        seen[kind].push(await ask(kind === 'known' ? known() : unknown()));
      }
    }
    const answers = [...seen.known, ...seen.unknown].map(({ answer }) => answer);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    return { known: median(seen.known), unknown: median(seen.unknown) };
  }

  test('answers alike, after the same time', { timeout: 240_000 }, async () => {
    let difference = Number.POSITIVE_INFINITY;
    let bound = 0;
    for (let rounds = 0; rounds < MOST_ROUNDS && difference > bound; rounds += 1) {
      const medians = await round();
      table.push(
        `  ${medians.known.toFixed(1).padStart(6)} ${medians.unknown.toFixed(1).padStart(6)}  ${name}\n`,
      );
      difference = Math.abs(medians.known - medians.unknown);
      bound = Math.max(ALIKE.milliseconds, ALIKE.fraction * Math.max(medians.known, medians.unknown));
    }
    expect(difference).toBeLessThanOrEqual(bound);
  });
});

function median(seen: readonly Seen[]): number {
  const sorted = seen.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
