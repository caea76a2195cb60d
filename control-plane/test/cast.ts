import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './documented-client.js';
import type { RunningControlPlane } from './running-control-plane.js';
import { noteSecret } from './secrets.js';

/** Not the one of the README, which the launcher prints: tests look for this one in logs. */
export const PASSWORD = 'Brave-Otter-9';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  /** The organization and team that registering made. */
  readonly orgId: string;
  readonly teamId: string;
}

export function newAddress(): string {
  return `someone-${randomUUID().slice(0, 8)}@example.com`;
}

/** @returns the newest code mailed to an address, once so many mails to it are in the log */
export async function mailedCode(server: RunningControlPlane, email: string, mails = 1): Promise<string> {
  for (let tries = 0; tries < 500; tries += 1) {
    const lines = server
      .log()
      .split('\n')
      .filter((entry) => entry.includes(`mail to ${email}:`));
    const code = lines.length < mails ? undefined : lines.at(-1)?.match(/code is (\d{6})"/)?.[1];
    if (code !== undefined) {
      noteSecret(code);
      return code;
    }
    await sleep(10);
  }
  throw new Error(`no code was mailed to ${email}`);
}

/** Registers, verifies and logs in, over HTTP. */
export async function newPerson(server: RunningControlPlane, client: Client): Promise<Person> {
  const email = newAddress();
  const registered = await client('POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
  await client('POST', '/v1/auth/verify-email', {
    body: { email, code: await mailedCode(server, email) },
  });
  const token = await logIn(client, email);
  const { json } = await client('GET', '/v1/me/teams', { token });
  const [team] = json.teams;
  return { id: registered.json.user.id, email, token, orgId: team.org_id, teamId: team.id };
}

export async function logIn(client: Client, email: string): Promise<string> {
  const { json } = await client('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });
  return json.token;
}

/** Adds a team to an organization. */
export async function newTeam(server: RunningControlPlane, orgId: string, name: string): Promise<string> {
  const [team] = await server.sql<{ id: string }>(
    'insert into teams (org_id, name) values ($1, $2) returning id',
    [orgId, name],
  );
  return (team as { id: string }).id;
}

export async function join(
  server: RunningControlPlane,
  person: Person,
  teamId: string,
  role: 'admin' | 'editor' | 'viewer',
): Promise<void> {
  await server.sql('insert into team_members (team_id, user_id, role) values ($1, $2, $3)', [
    teamId,
    person.id,
    role,
  ]);
}

/** @returns the text of a new key, made by the organization's admin */
export async function newKey(
  client: Client,
  admin: Person,
  operation: 'read_render' | 'all' | 'admin',
  teamIds: readonly string[] = [],
): Promise<string> {
  const { json } = await client('POST', '/v1/api-keys', {
    token: admin.token,
    body: { name: 'a key', org_id: admin.orgId, team_ids: teamIds, operation },
  });
  return json.key;
}

/** @returns the new prompt */
export async function newPrompt(
  client: Client,
  { token, teamId, name = `Prompt ${randomUUID()}` }: { token: string; teamId: string; name?: string },
): Promise<{ id: string; slug: string }> {
  const { json } = await client('POST', `/v1/teams/${teamId}/prompts`, { token, body: { name } });
  return json.prompt;
}

/** @returns the number of the new version */
export async function newVersion(
  client: Client,
  token: string,
  promptId: string,
  template = 'Hello {{.name}}',
): Promise<number> {
  const { json } = await client('POST', `/v1/prompts/${promptId}/versions`, { token, body: { template } });
  return json.version.version;
}
