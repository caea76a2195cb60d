import { newAddress } from './cast.js';
import type { Client } from './documented-client.js';
import { newSession, newUser } from './policy/callers.js';
import type { RunningControlPlane } from './running-control-plane.js';

/** A person with a session, and what they reach by it. */
export interface Somebody {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

/** Somebody who is a member of nothing. */
export async function somebody(
  server: RunningControlPlane,
  { isAdmin = false, isVerified = true, email = newAddress() } = {},
): Promise<Somebody> {
  const id = await newUser(server, email, { isAdmin, isVerified });
  return { id, email, token: await newSession(server, id) };
}

/** An organization, seen by its only org admin, who may found others. */
export interface Tenant {
  readonly orgId: string;
  readonly defaultTeamId: string;
  readonly admin: Somebody;
}

/** @param founder somebody new if left out */
export async function newTenant(
  server: RunningControlPlane,
  client: Client,
  founder?: Somebody,
): Promise<Tenant> {
  const admin = founder ?? (await somebody(server, { isAdmin: true }));
  const { json } = await client('POST', '/v1/orgs', { token: admin.token, body: { name: 'Acme' } });
  const orgId: string = json.org.id;
  const { json: listed } = await client('GET', `/v1/orgs/${orgId}/teams`, { token: admin.token });
  return { orgId, defaultTeamId: listed.teams[0].id, admin };
}

/** @returns the id of a new team, made by the org admin, who is its admin */
export async function createTeam(client: Client, { orgId, admin }: Tenant, name: string): Promise<string> {
  const { json } = await client('POST', `/v1/orgs/${orgId}/teams`, { token: admin.token, body: { name } });
  return json.team.id;
}

/** @returns somebody new who is a member of a team */
export async function newMember(
  server: RunningControlPlane,
  teamId: string,
  role: 'admin' | 'editor' | 'viewer',
): Promise<Somebody> {
  const person = await somebody(server);
  await server.sql('insert into team_members (team_id, user_id, role) values ($1, $2, $3)', [
    teamId,
    person.id,
    role,
  ]);
  return person;
}

/** @returns the roles in a team by user id */
export async function rolesIn(server: RunningControlPlane, teamId: string): Promise<Record<string, string>> {
  const rows = await server.sql<{ user_id: string; role: string }>(
    'select user_id, role from team_members where team_id = $1',
    [teamId],
  );
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}

/** @returns the text of a new key of an organization */
export async function createKey(
  client: Client,
  { orgId, admin }: Tenant,
  operation: 'read_render' | 'all' | 'admin',
  teamIds: readonly string[] = [],
): Promise<string> {
  const { json } = await client('POST', '/v1/api-keys', {
    token: admin.token,
    body: { name: 'a key', org_id: orgId, team_ids: teamIds, operation },
  });
  return json.key;
}

export const refused = (status: number, error: string) => ({ status, json: { error } });
