import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { logIn, newAddress, newKey, newPerson, newPrompt, newTeam, PASSWORD, type Person } from './cast.js';
import { startForFile } from './control-plane-of-file.js';

const { server, client } = await startForFile();

const deleteMe = (token: string | undefined) => client('DELETE', '/v1/auth/me', { token });

/** A user without an organization of their own. */
async function newColleague(): Promise<Person> {
  const person = await newPerson(server, client);
  await server.sql('delete from organizations where id = $1', [person.orgId]);
  return person;
}

async function join(person: Person, teamId: string, role: string, days = 0): Promise<void> {
  await server.sql(
    `insert into team_members (team_id, user_id, role, created_at)
     values ($1, $2, $3, now() - make_interval(days => $4))`,
    [teamId, person.id, role, days],
  );
}

async function members(teamId: string): Promise<Record<string, string>> {
  const rows = await server.sql<{ user_id: string; role: string }>(
    'select user_id, role from team_members where team_id = $1',
    [teamId],
  );
  return Object.fromEntries(rows.map(({ user_id, role }) => [user_id, role]));
}

const count = async (table: string, column: string, id: string) =>
  (await server.sql(`select from ${table} where ${column} = $1`, [id])).length;

describe('DELETE /v1/auth/me', () => {
  test('deletes the user, and the organization in which nobody is left', async () => {
    const person = await newPerson(server, client);
    await newPrompt(client, person);
    const key = await newKey(client, person, 'all');
    expect(await deleteMe(person.token)).toMatchObject({ status: 204, json: undefined });
    expect(await deleteMe(person.token)).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
    const body = { email: person.email, password: PASSWORD };
    expect((await client('POST', '/v1/auth/login', { body })).status).toBe(401);
    expect((await client('GET', `/v1/prompts?team_id=${person.teamId}`, { token: key })).status).toBe(401);
    expect(await count('organizations', 'id', person.orgId)).toBe(0);
    expect(await count('prompts', 'org_id', person.orgId)).toBe(0);
    // The address is free again.
    expect((await client('POST', '/v1/auth/register', { body })).status).toBe(201);
  });

  test('tells the gateways of the keys and prompts that are gone', async () => {
    const person = await newPerson(server, client);
    await newKey(client, person, 'all');
    const { id: promptId } = await newPrompt(client, person);
    const [key] = await server.sql<{ hash: string }>(
      `select encode(key_hash, 'hex') as hash from api_keys where org_id = $1`,
      [person.orgId],
    );
    const notes = [`key:${key?.hash}`, `prompt:${promptId}`];
    const bodies = async () =>
      (
        await server.sql<{ body: string | null }>(
          'select body from feed_documents where key = any($1) order by key',
          [notes],
        )
      ).map(({ body }) => body === null);
    await expect.poll(bodies, { timeout: 15_000 }).toEqual([false, false]);
    await deleteMe(person.token);
    await expect.poll(bodies, { timeout: 15_000 }).toEqual([true, true]);
  });

  test('leaves an organization of others as it is, with what its former member made', async () => {
    const [admin, leaving] = [await newPerson(server, client), await newColleague()];
    await join(leaving, admin.teamId, 'admin');
    const { json } = await client('POST', '/v1/api-keys', {
      token: leaving.token,
      body: { name: 'stays', org_id: admin.orgId, operation: 'all' },
    });
    expect((await deleteMe(leaving.token)).status).toBe(204);
    expect(await members(admin.teamId)).toEqual({ [admin.id]: 'admin' });
    const path = `/v1/prompts?team_id=${admin.teamId}`;
    expect((await client('GET', path, { token: json.key })).status).toBe(200);
  });

  test('leaves an ordinary team without an admin, and org admins are its admins', async () => {
    const [admin, leaving] = [await newPerson(server, client), await newColleague()];
    const teamId = await newTeam(server, admin.orgId, 'Support');
    await join(leaving, teamId, 'admin');
    await deleteMe(leaving.token);
    expect(await members(teamId)).toEqual({});
    expect(await members(admin.teamId)).toEqual({ [admin.id]: 'admin' });
  });

  test('leaves no organization without an admin: the longest-standing of the highest role becomes one', async () => {
    const leaving = await newPerson(server, client);
    const [viewer, editor, older, younger] = await Promise.all(Array.from({ length: 4 }, newColleague));
    const teamId = await newTeam(server, leaving.orgId, 'Support');
    await join(viewer as Person, leaving.teamId, 'viewer', 9);
    await join(editor as Person, leaving.teamId, 'editor', 8);
    await join(younger as Person, teamId, 'admin', 2);
    await join(older as Person, teamId, 'admin', 3);
    await deleteMe(leaving.token);
    expect(await members(leaving.teamId)).toEqual({
      [viewer?.id ?? '']: 'viewer',
      [editor?.id ?? '']: 'editor',
      [older?.id ?? '']: 'admin',
    });
    const told = await server.sql<object>(
      `select action, operation, actor_id, target_id from audit_log
       where org_id = $1 and target_type = 'member' and action = 'me.delete' order by id`,
      [leaving.orgId],
    );
    expect(told).toEqual([
      { action: 'me.delete', operation: 'delete', actor_id: leaving.id, target_id: leaving.id },
      { action: 'me.delete', operation: 'insert', actor_id: leaving.id, target_id: older?.id },
    ]);

    await deleteMe(older?.token);
    expect((await members(leaving.teamId))[younger?.id ?? '']).toBe('admin');
    await deleteMe(younger?.token);
    expect((await members(leaving.teamId))[editor?.id ?? '']).toBe('admin');
    await deleteMe(editor?.token);
    expect(await members(leaving.teamId)).toEqual({ [viewer?.id ?? '']: 'admin' });
    await deleteMe(viewer?.token);
    expect(await count('organizations', 'id', leaving.orgId)).toBe(0);
  });

  test('of all people of an organization at once leaves nothing', async () => {
    const first = await newPerson(server, client);
    const others = await Promise.all(Array.from({ length: 7 }, newColleague));
    const teams = [first.teamId, await newTeam(server, first.orgId, 'Support')];
    for (const [index, person] of others.entries()) {
      await join(person, teams[index % 2] ?? '', index % 3 === 0 ? 'admin' : 'editor', index);
    }
    const answers = await Promise.all([first, ...others].map(({ token }) => deleteMe(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    expect(await count('organizations', 'id', first.orgId)).toBe(0);
  });

  test('of all but one at once leaves that one as the admin', async () => {
    const first = await newPerson(server, client);
    const others = await Promise.all(Array.from({ length: 6 }, newColleague));
    const staying = await newColleague();
    await join(staying, first.teamId, 'viewer', 1);
    for (const [index, person] of others.entries()) await join(person, first.teamId, 'admin', index);
    const answers = await Promise.all([first, ...others].map(({ token }) => deleteMe(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 204));
    expect(await members(first.teamId)).toEqual({ [staying.id]: 'admin' });
  });

  test('beside people who are added and removed keeps every organization with an admin', async () => {
    const admin = await newPerson(server, client);
    const leaving = await Promise.all(Array.from({ length: 5 }, newColleague));
    for (const person of leaving) await join(person, admin.teamId, 'admin');
    const register = () =>
      client('POST', '/v1/auth/register', {
        token: admin.token,
        body: { email: newAddress(), password: PASSWORD, team_id: admin.teamId },
      });
    const demote = (person: Person) =>
      client('PUT', `/v1/teams/${admin.teamId}/members/${person.id}/role`, {
        token: admin.token,
        body: { role: 'viewer' },
      });
    const answers = await Promise.all([
      ...leaving.flatMap((person) => [register(), demote(person), deleteMe(person.token)]),
      deleteMe(admin.token),
    ]);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const rest = Object.values(await members(admin.teamId));
    const isThere = (await count('organizations', 'id', admin.orgId)) === 1;
    expect(rest.includes('admin')).toBe(isThere);
    expect(rest.length > 0).toBe(isThere);
  });

  test('of one user in parallel is done once', async () => {
    const person = await newPerson(server, client);
    const tokens = await Promise.all(Array.from({ length: 5 }, () => logIn(client, person.email)));
    const statuses = (await Promise.all(tokens.map(deleteMe))).map(({ status }) => status).sort();
    expect(statuses[0]).toBe(204);
    expect(statuses.slice(1)).toEqual([401, 401, 401, 401]);
  });

  test('is for sessions', async () => {
    const person = await newPerson(server, client);
    expect(await deleteMe(await newKey(client, person, 'admin'))).toMatchObject({ status: 403 });
    expect(await deleteMe(undefined)).toMatchObject({ status: 401 });
    expect(await deleteMe(`sess_${randomUUID()}`)).toMatchObject({ status: 401 });
  });
});
