import { isWellFormedApiKey } from '@px0/contract';
import { until } from '@px0/test-bed';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { join, newKey, newPerson, newTeam } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();
const editor = await newPerson(server, client);
const stranger = await newPerson(server, client);
const support = await newTeam(server, admin.orgId, 'Support');
const sales = await newTeam(server, admin.orgId, 'Sales');
await join(server, editor, support, 'editor');

const FORBIDDEN = { status: 403, json: { error: 'forbidden' } };

function create(token: string, body: object) {
  return client('POST', '/v1/api-keys', { token, body: { name: 'a key', org_id: admin.orgId, ...body } });
}

async function list(token: string) {
  const { json } = await client('GET', `/v1/api-keys?org_id=${admin.orgId}`, { token });
  return json.api_keys as { id: string; name: string; team_id: string | null; team_ids: string[] }[];
}

describe('making a key', () => {
  test('shows its text once, and keeps a hash of it', async () => {
    const { status, json } = await create(admin.token, { team_ids: [support, support], operation: 'all' });
    expect(status).toBe(201);
    expect(isWellFormedApiKey(json.key)).toBe(true);
    expect(Object.keys(json).sort()).toEqual(['created_at', 'id', 'key', 'name', 'operation']);
    expect(json.operation).toBe('all');
    const listed = await list(admin.token);
    expect(JSON.stringify(listed)).not.toContain(json.key);
    expect(listed.find(({ id }) => id === json.id)).toMatchObject({
      name: 'a key',
      org_id: admin.orgId,
      team_id: support,
      team_ids: [support],
      last_used_at: null,
    });
    const [{ length } = { length: 0 }] = await server.sql<{ length: number }>(
      'select length(key_hash) from api_keys where id = $1',
      [json.id],
    );
    expect(length).toBe(32);
    expect(server.log()).not.toContain(json.key);
  });

  test('is for reading and rendering, in every team, unless more is said', async () => {
    for (const team_ids of [undefined, null, []]) {
      const { json } = await create(admin.token, { team_ids });
      expect(json.operation).toBe('read_render');
      const listed = (await list(admin.token)).find(({ id }) => id === json.id);
      expect(listed).toMatchObject({ team_id: null, team_ids: [] });
    }
  });

  test.each([
    [{ name: undefined }, 'name is required'],
    [{ name: ' ' }, 'name is required'],
    [{ org_id: undefined }, 'org_id is required'],
    [{ org_id: 'junk' }, 'invalid id'],
    [{ operation: 'everything' }, 'invalid operation'],
    [{ team_ids: ['junk'] }, 'invalid id'],
    [{ name: 5 }, 'invalid request body'],
    [{ name: 'a\u0000b' }, 'invalid request body'],
  ])('refuses %j', async (body, error) => {
    expect(await create(admin.token, body)).toMatchObject({ status: 400, json: { error } });
  });

  test('knows teams that are not there and those of other organizations', async () => {
    const unknown = { status: 404, json: { error: 'team not found' } };
    expect(await create(admin.token, { team_ids: [crypto.randomUUID()] })).toMatchObject(unknown);
    expect(await create(admin.token, { team_ids: [support, stranger.teamId] })).toMatchObject(unknown);
  });

  test('is refused in an organization of others, as in one that is not there', async () => {
    expect(await create(stranger.token, {})).toMatchObject(FORBIDDEN);
    expect(await create(stranger.token, { org_id: crypto.randomUUID() })).toMatchObject(FORBIDDEN);
  });

  test('takes an editor of each team, who names some and does not ask for the scope admin', async () => {
    expect(await create(editor.token, { team_ids: [support] })).toMatchObject({ status: 201 });
    expect(await create(editor.token, {})).toMatchObject(FORBIDDEN);
    expect(await create(editor.token, { team_ids: [support, sales] })).toMatchObject(FORBIDDEN);
    expect(await create(editor.token, { team_ids: [support], operation: 'admin' })).toMatchObject(FORBIDDEN);
    const viewer = await newPerson(server, client);
    await join(server, viewer, support, 'viewer');
    expect(await create(viewer.token, { team_ids: [support] })).toMatchObject(FORBIDDEN);
  });

  test('is not for keys', async () => {
    const key = await newKey(client, admin, 'admin');
    expect(await create(key, {})).toMatchObject(FORBIDDEN);
    expect(await client('GET', `/v1/api-keys?org_id=${admin.orgId}`, { token: key })).toMatchObject(
      FORBIDDEN,
    );
    expect(await client('DELETE', `/v1/api-keys/${crypto.randomUUID()}`, { token: key })).toMatchObject(
      FORBIDDEN,
    );
    expect(await create('ak_junk', {})).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
  });
});

test('whoever is put out of the organization in the same moment leaves no key behind', async () => {
  const leaver = await newPerson(server, client);
  await join(server, leaver, support, 'editor');
  const other = new pg.Client({ connectionString: server.databaseUrl });
  await other.connect();
  await other.query('begin');
  await other.query('select from organizations where id = $1 for no key update', [admin.orgId]);
  await other.query('delete from team_members where user_id = $1 and team_id = $2', [leaver.id, support]);
  const making = create(leaver.token, { name: 'left behind', team_ids: [support] });
  await until('the key waits for the organization', async () => {
    const [waiting] = await server.sql(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    return waiting;
  });
  await other.query('commit');
  await other.end();
  expect(await making).toMatchObject(FORBIDDEN);
  expect((await list(admin.token)).map(({ name }) => name)).not.toContain('left behind');
});

describe('the list of keys', () => {
  test('holds all for an org admin, and those of their teams for others', async () => {
    const { json: ofSales } = await create(admin.token, { team_ids: [sales] });
    const { json: ofSupport } = await create(admin.token, { team_ids: [support, sales] });
    const all = await list(admin.token);
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining([ofSales.id, ofSupport.id]));
    const own = await list(editor.token);
    expect(own.every(({ team_ids }) => team_ids.includes(support))).toBe(true);
    expect(own.map(({ id }) => id)).toContain(ofSupport.id);
  });

  test('says when a key was last used, a moment later', async () => {
    const { json: made } = await create(admin.token, {});
    const before = Date.now();
    await client('GET', '/v1/prompts', { token: made.key });
    const lastUse = async () => {
      const key = (await list(admin.token)).find(({ id }) => id === made.id) as { last_used_at?: string };
      return key.last_used_at ?? undefined;
    };
    // Uses are written every 5 seconds at most.
    const used = await until('the use is written', lastUse, 15_000);
    expect(Date.parse(used)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(used)).toBeLessThanOrEqual(Date.now());
  });

  test('comes page by page, oldest first, and none twice though keys come and go meanwhile', async () => {
    const owner = await newPerson(server, client);
    const make = async (name: string) =>
      (await client('POST', '/v1/api-keys', { token: owner.token, body: { name, org_id: owner.orgId } })).json
        .id as string;
    const made: string[] = [];
    for (let number = 0; number < 7; number += 1) made.push(await make(`key ${number}`));
    // Made in the same moment: then the id decides.
    await server.sql(
      "update api_keys set created_at = '2026-01-01T00:00:00.123456Z' where id = any($1::uuid[])",
      [made.slice(0, 5)],
    );
    const expected = [...made.slice(0, 5).sort(), ...made.slice(5)];
    const page = async (cursor?: string) => {
      const query = `org_id=${owner.orgId}&limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`;
      return (await client('GET', `/v1/api-keys?${query}`, { token: owner.token })).json as {
        api_keys: { id: string }[];
        next_cursor: string | null;
      };
    };
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { api_keys, next_cursor } = await page(cursor);
      seen.push(...api_keys.map(({ id }) => id));
      cursor = next_cursor;
      if (seen.length === 2) {
        await server.sql('delete from api_keys where id = $1', [seen[0]]);
        expected.push(await make('a late one'));
      }
    }
    expect(seen).toEqual(expected);
    for (const junk of ['limit=0', 'limit=251', 'cursor=junk']) {
      const answer = await client('GET', `/v1/api-keys?org_id=${owner.orgId}&${junk}`, {
        token: owner.token,
      });
      expect(answer).toMatchObject({
        status: 400,
        json: { error: `invalid query parameter ${junk.split('=')[0]}` },
      });
    }
  });

  test('needs an organization, and one of mine', async () => {
    const at = (query: string) => client('GET', `/v1/api-keys${query}`, { token: stranger.token });
    expect(await at('')).toMatchObject({ status: 400, json: { error: 'org_id is required' } });
    expect(await at('?org_id=')).toMatchObject({ status: 400, json: { error: 'org_id is required' } });
    expect(await at('?org_id=junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
    for (const orgId of [admin.orgId, crypto.randomUUID()]) {
      expect(await at(`?org_id=${orgId}`)).toMatchObject({
        status: 404,
        json: { error: 'organization not found' },
      });
    }
    expect(await at(`?org_id=${stranger.orgId}`)).toMatchObject({ status: 200, json: { api_keys: [] } });
  });
});

describe('revoking a key', () => {
  const revoke = (token: string, id: string) => client('DELETE', `/v1/api-keys/${id}`, { token });
  const UNKNOWN = { status: 404, json: { error: 'api key not found' } };

  test('ends it in this moment', async () => {
    const { json } = await create(admin.token, {});
    expect(await client('GET', '/v1/prompts', { token: json.key })).toMatchObject({ status: 200 });
    expect(await revoke(admin.token, json.id)).toMatchObject({ status: 204, json: undefined });
    expect(await client('GET', '/v1/prompts', { token: json.key })).toMatchObject({ status: 401 });
    expect(await revoke(admin.token, json.id)).toMatchObject(UNKNOWN);
  });

  test('happens once, however many ask for it at once', async () => {
    const { json } = await create(admin.token, {});
    const answers = await Promise.all(Array.from({ length: 10 }, () => revoke(admin.token, json.id)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([204, ...Array.from({ length: 9 }, () => 404)]);
  });

  test('is for its creator and for org admins', async () => {
    const { json: ofEditor } = await create(editor.token, { team_ids: [support] });
    const { json: ofAdmin } = await create(admin.token, { team_ids: [support] });
    expect(await revoke(editor.token, ofAdmin.id)).toMatchObject(FORBIDDEN);
    expect(await revoke(stranger.token, ofAdmin.id)).toMatchObject(UNKNOWN);
    expect(await revoke(editor.token, ofEditor.id)).toMatchObject({ status: 204 });
    const { json: another } = await create(editor.token, { team_ids: [support] });
    expect(await revoke(admin.token, another.id)).toMatchObject({ status: 204 });
    expect(await revoke(admin.token, 'junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });

  test('is not for a creator who has left the organization', async () => {
    const leaver = await newPerson(server, client);
    await join(server, leaver, support, 'editor');
    const { json } = await create(leaver.token, { team_ids: [support] });
    await server.sql('delete from team_members where user_id = $1 and team_id = $2', [leaver.id, support]);
    expect(await revoke(leaver.token, json.id)).toMatchObject(UNKNOWN);
  });
});

test('my organizations and teams are those that I am a member of, oldest first', async () => {
  const { json: organizations } = await client('GET', '/v1/me/orgs', { token: editor.token });
  expect(organizations.organizations).toMatchObject([
    { id: admin.orgId, name: 'Default Org', role: 'MEMBER' },
    { id: editor.orgId, name: 'Default Org', role: 'ADMIN' },
  ]);
  const { json: teams } = await client('GET', '/v1/me/teams', { token: editor.token });
  expect(teams.teams).toMatchObject([
    { id: editor.teamId, org_id: editor.orgId, name: 'Default Team' },
    { id: support, org_id: admin.orgId, name: 'Support' },
  ]);
  const key = await newKey(client, admin, 'admin');
  for (const path of ['/v1/me/orgs', '/v1/me/teams']) {
    expect(await client('GET', path)).toMatchObject({ status: 401 });
    expect(await client('GET', path, { token: key })).toMatchObject(FORBIDDEN);
  }
  await server.sql('delete from team_members where user_id = $1', [stranger.id]);
  expect(await client('GET', '/v1/me/orgs', { token: stranger.token })).toMatchObject({
    json: { organizations: [] },
  });
});
