import { randomUUID } from 'node:crypto';
import { type Answer, call, until } from './api-client.js';
import { leaveNote } from './run-notes.js';

/** A verified person with an organization, a team and a key, all made over HTTP. */
export interface Account {
  readonly email: string;
  readonly password: string;
  readonly session: string;
  readonly orgId: string;
  readonly teamId: string;
  readonly key: string;
  readonly keyId: string;
}

/**
 * Registers, verifies by the code in the mail, logs in and makes an API key.
 *
 * @param control base URL of the control plane
 * @param mailLog what the control plane has logged so far
 */
export async function createAccount(control: string, mailLog: () => string): Promise<Account> {
  const email = `someone-${randomUUID().slice(0, 8)}@example.com`;
  const password = 'Brave-Otter-9';
  expectStatus(201, await call(control, 'POST', '/v1/auth/register', { body: { email, password } }));
  const code = await until('the verification code is mailed', async () => codeFor(email, mailLog()));
  expectStatus(200, await call(control, 'POST', '/v1/auth/verify-email', { body: { email, code } }));
  const { token: session } = expectStatus(
    200,
    await call(control, 'POST', '/v1/auth/login', { body: { email, password } }),
  ) as { token: string };
  const { teams } = expectStatus(200, await call(control, 'GET', '/v1/me/teams', { token: session })) as {
    teams: { id: string; org_id: string }[];
  };
  const team = teams[0];
  if (team === undefined) throw new Error('the new account has no team');
  const { key, id: keyId } = expectStatus(
    201,
    await call(control, 'POST', '/v1/api-keys', {
      token: session,
      body: { name: 'a key', org_id: team.org_id, team_ids: [team.id], operation: 'all' },
    }),
  ) as { key: string; id: string };
  for (const secret of [password, code, session, key]) leaveNote('secrets', JSON.stringify(secret));
  return { email, password, session, orgId: team.org_id, teamId: team.id, key, keyId };
}

/** @returns the newest 6-digit code that was mailed to an address, as the log shows mails */
export function codeFor(email: string, log: string): string | undefined {
  const line = log
    .split('\n')
    .reverse()
    .find((entry) => entry.includes(email) && /code is \d{6}/.test(entry));
  return line?.match(/code is (\d{6})/)?.[1];
}

/** @returns the body of an answer that has the expected status */
export function expectStatus(status: number, answer: Answer): unknown {
  if (answer.status !== status) {
    throw new Error(`expected ${status}, got ${answer.status} ${JSON.stringify(answer.json)}`);
  }
  return answer.json;
}

export interface Prompt {
  readonly id: string;
  readonly slug: string;
}

/** @returns a new prompt of the account's team */
export async function createPrompt(control: string, account: Account, name: string): Promise<Prompt> {
  const { prompt } = expectStatus(
    201,
    await call(control, 'POST', `/v1/teams/${account.teamId}/prompts`, {
      token: account.session,
      body: { name },
    }),
  ) as { prompt: Prompt };
  return prompt;
}

/** Writes a version of the template and promotes it to live. @returns its number */
export async function publish(
  control: string,
  account: Account,
  prompt: Prompt,
  template: string,
): Promise<number> {
  const at = `/v1/prompts/${prompt.id}/versions`;
  const token = account.session;
  const { version } = expectStatus(201, await call(control, 'POST', at, { token, body: { template } })) as {
    version: { version: number };
  };
  for (let steps = 0; steps < 2; steps += 1) {
    expectStatus(200, await call(control, 'POST', `${at}/${version.version}/promote`, { token }));
  }
  return version.version;
}
