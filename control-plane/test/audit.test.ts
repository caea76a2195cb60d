import { randomUUID } from 'node:crypto';
import { until } from '@px0/test-bed';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { auditor, type Entry } from './auditor.js';
import { join, mailedCode, newAddress, newKey, newPerson, newPrompt, PASSWORD } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import type { Answer } from './documented-client.js';

const { server, client, admin } = await startWithAdmin();
const { log } = auditor(client, admin);

describe('what leaves nothing', () => {
  test('a request that is refused, or changes nothing', async () => {
    const { id } = await newPrompt(client, admin);
    const [{ count: before } = { count: '' }] = await server.sql<{ count: string }>(
      'select count(*) from audit_log',
    );
    for (const [method, path, body] of [
      ['POST', `/v1/teams/${admin.teamId}/prompts`, { name: ' ' }],
      ['PUT', `/v1/prompts/${id}`, { description: '' }],
      ['POST', `/v1/prompts/${id}/versions`, { template: '{{' }],
      ['POST', `/v1/prompts/${id}/versions/7/promote`, undefined],
      ['GET', `/v1/prompts/${id}`, undefined],
      ['POST', `/v1/prompts/${id}/render`, {}],
    ] as const) {
      await client(method, path, { token: admin.token, body });
    }
    expect(await server.sql('select count(*) from audit_log')).toEqual([{ count: before }]);
  });

  test('a change that is undone, by a step of it that fails', async () => {
    const { id } = await newPrompt(client, admin);
    await client('POST', `/v1/prompts/${id}/versions`, { token: admin.token, body: { template: 'one' } });
    await server.sql(`create function refuse_outbox() returns trigger language plpgsql as $$ begin
      raise exception 'refused by the test'; end $$`);
    await server.sql(
      'create trigger refuse before insert on outbox for each row execute function refuse_outbox()',
    );
    const answer = await client('POST', `/v1/prompts/${id}/versions`, {
      token: admin.token,
      body: { template: 'two' },
    });
    await server.sql('drop trigger refuse on outbox');
    expect(answer.status).toBe(500);
    const left = await server.sql('select id from audit_log where request_id = $1', [answer.json.request_id]);
    expect(left).toEqual([]);
  });

  test('the use of a key', async () => {
    const key = await newKey(client, admin, 'read_render');
    const count = () => server.sql('select count(*) from audit_log');
    const before = await count();
    await client('GET', '/v1/prompts', { token: key });
    await until('the use is written', async () => {
      const [used] = await server.sql('select 1 from api_keys where last_used_at is not null');
      return used;
    });
    expect(await count()).toEqual(before);
  });

  test('what goes along with an organization', async () => {
    const owner = await newPerson(server, client);
    const call = { token: owner.token };
    const { json } = await client('POST', `/v1/teams/${owner.teamId}/prompts`, {
      ...call,
      body: { name: 'p' },
    });
    await client('POST', `/v1/prompts/${json.prompt.id}/versions`, { ...call, body: { template: 'x' } });
    await newKey(client, owner, 'all');
    const answer = await client('DELETE', `/v1/orgs/${owner.orgId}`, call);
    expect(answer.status).toBe(204);
    const left = await server.sql(
      'select target_type, operation, org_id, before from audit_log where request_id = $1',
      [answer.headers.get('x-request-id')],
    );
    expect(left).toEqual([
      {
        target_type: 'organization',
        operation: 'delete',
        org_id: owner.orgId,
        before: { name: 'Default Org' },
      },
    ]);
  });
});

describe('changes of accounts', () => {
  test('belong to no organization, hold no secret, and are in no log that the API shows', async () => {
    const person = await newPerson(server, client);
    const newPassword = 'Another-Horse-8';
    const changed = await client('POST', '/v1/auth/me/change-password', {
      token: person.token,
      body: { current_password: PASSWORD, new_password: newPassword },
    });
    expect(changed.status).toBe(200);
    const email = newAddress();
    await client('PUT', '/v1/auth/me', { token: person.token, body: { email } });
    const code = await mailedCode(server, email);
    await client('POST', '/v1/auth/verify-email', { body: { email, code } });
    const rows = await server.sql<Record<string, unknown>>(
      `select org_id, actor_kind, actor_id, action, operation, before, after from audit_log
       where target_type = 'user' and target_id = $1 order by id`,
      [person.id],
    );
    expect(rows).toMatchObject([
      { org_id: null, actor_kind: 'anonymous', action: 'accounts.register', operation: 'insert' },
      { action: 'accounts.verify', before: { is_verified: false }, after: { is_verified: true } },
      {
        actor_kind: 'user',
        actor_id: person.id,
        action: 'me.change_password',
        before: { password: null },
        after: { password: 'changed' },
      },
      {
        action: 'me.update',
        before: { email: person.email, is_verified: true },
        after: { email, is_verified: false },
      },
      { action: 'accounts.verify', after: { is_verified: true } },
    ]);
    const [{ all } = { all: '' }] = await server.sql<{ all: string }>(
      'select string_agg(a::text, chr(10)) as all from audit_log a',
    );
    const hashes = await server.sql<{ hash: string }>(
      `select password_hash as hash from users union all select encode(key_hash, 'hex') from api_keys
       union all select encode(token_hash, 'hex') from sessions`,
    );
    const secrets = [PASSWORD, newPassword, person.token, admin.token, ...hashes.map(({ hash }) => hash)];
    for (const secret of secrets) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/sess_|ak_[\w-]{10}|argon2/);
    expect((await log('limit=200')).some(({ target }) => target.type === 'user')).toBe(false);
  });
});

describe('the log cannot be changed', () => {
  test.each([
    ["update audit_log set actor_name = 'somebody else'"],
    ['delete from audit_log'],
    ['truncate audit_log'],
  ])('by SQL: %s', async (statement) => {
    await expect(server.sql(statement)).rejects.toThrow('the audit log is never changed');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s', async (method) => {
    const [entry] = await log();
    for (const path of ['', `/${entry?.id}`]) {
      const answer = await client(method, `/v1/orgs/${admin.orgId}/audit-log${path}`, {
        token: admin.token,
        body: {},
      });
      expect(answer).toMatchObject({ status: 404, json: { error: 'not found' } });
    }
  });
});

describe('the log is read', () => {
  const at = (query: string, token = admin.token, orgId = admin.orgId) =>
    client('GET', `/v1/orgs/${orgId}/audit-log?${query}`, { token });

  test('by admins of the organization alone; being is_admin elsewhere is nothing', async () => {
    const stranger = await newPerson(server, client);
    const unknown = { status: 404, json: { error: 'organization not found' } };
    expect(await at('', stranger.token)).toMatchObject(unknown);
    expect(await at('', stranger.token, randomUUID())).toMatchObject(unknown);
    await join(server, stranger, admin.teamId, 'editor');
    expect(await at('', stranger.token)).toMatchObject({ status: 403, json: { error: 'forbidden' } });
    expect(await at('', await newKey(client, admin, 'admin'))).toMatchObject({ status: 403 });
    expect(await at('', 'sess_dead')).toMatchObject({ status: 401 });
    expect(await at('', admin.token, 'junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });

  test('page by page, newest first, while others are written', async () => {
    const { id } = await newPrompt(client, admin);
    for (let number = 0; number < 7; number += 1) {
      await client('PUT', `/v1/prompts/${id}`, { token: admin.token, body: { description: `${number}` } });
    }
    const all = await log(`target_id=${id}`);
    expect(all).toHaveLength(8);
    expect(all.map(({ at: moment }) => moment)).toEqual(
      all
        .map(({ at: moment }) => moment)
        .toSorted()
        .reverse(),
    );
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { json }: Answer = await at(`target_id=${id}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...json.entries.map((entry: Entry) => entry.id));
      cursor = json.next_cursor;
      await client('PUT', `/v1/prompts/${id}`, { token: admin.token, body: { description: randomUUID() } });
    }
    expect(seen).toEqual(all.map((entry) => entry.id));
    expect((await at('')).json.entries.length).toBeLessThanOrEqual(50);
  });

  test('by actor, action, target and time', async () => {
    const { id } = await newPrompt(client, admin);
    const [made] = await log(`target_type=prompt&target_id=${id.toUpperCase()}`);
    expect(made).toMatchObject({ action: 'prompts.create', target: { id } });
    const ids = (entries: readonly Entry[]) => entries.map((entry) => entry.id);
    expect(ids(await log(`actor_id=${admin.id}&action=prompts.create`))).toContain(made?.id);
    expect(ids(await log(`actor_id=${randomUUID()}`))).toEqual([]);
    expect(ids(await log('target_type=team&action=prompts.create'))).toEqual([]);
    const moment = made?.at ?? '';
    expect(ids(await log(`since=${moment}&limit=200`))).toContain(made?.id);
    expect(ids(await log(`until=${moment}&limit=200`))).not.toContain(made?.id);
    const later = new Date(Date.parse(moment) + 1).toISOString();
    expect(ids(await log(`since=${later}`))).not.toContain(made?.id);
    expect(ids(await log(`since=${moment}&until=${later}&target_id=${id}`))).toEqual([made?.id]);
    // As the clocks of elsewhere tell it.
    expect(ids(await log('until=2001-02-03T04:05:06%2B07:00'))).toEqual([]);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=x', 'limit'],
    ['cursor=x', 'cursor'],
    ['cursor=WzEsMiwzXQ', 'cursor'],
    ['action=Drop%20table', 'action'],
    ['target_type=user', 'target_type'],
    ['target_id=a%00b', 'target_id'],
    ['since=yesterday', 'since'],
    ['since=2026-02-30T00:00:00', 'since'],
    ['until=2026-13-01T00:00:00Z', 'until'],
  ])('but not with %s', async (query, name) => {
    expect(await at(query)).toMatchObject({
      status: 400,
      json: { error: `invalid query parameter ${name}` },
    });
  });

  test('but not with an actor whose id is none', async () => {
    expect(await at('actor_id=junk')).toMatchObject({ status: 400, json: { error: 'invalid id' } });
  });

  test('at the ends of time', async () => {
    expect(await log('until=0000-01-01T00:00:00Z')).toEqual([]);
    expect(await log('since=9999-12-31T23:59:59Z')).toEqual([]);
    expect((await log('since=0001-01-01T00:00:00Z')).length).toBeGreaterThan(0);
  });
});

test('each filter of a long log is served by an index, newest first without sorting', async () => {
  const actorId = randomUUID();
  const orgId = randomUUID();
  await server.sql(
    `insert into audit_log (at, org_id, actor_kind, actor_id, action, operation, target_type, target_id)
     select now() - n * interval '1 minute', case when n % 3 = 0 then gen_random_uuid() else $1 end,
       'user', case when n % 500 = 1 then $2 else gen_random_uuid() end,
       case when n % 500 = 2 then 'teams.update' else 'prompts.update' end, 'update',
       case when n % 500 = 4 then 'team' else 'prompt' end, case when n % 500 = 5 then 'rare' else 'common' end
     from generate_series(1, 30000) n`,
    [orgId, actorId],
  );
  await server.sql('analyze audit_log');
  const filters: Record<string, string> = {
    none: '',
    action: "and action = 'teams.update'",
    actor: `and actor_id = '${actorId}'`,
    type: "and target_type = 'team'",
    target: "and target_id = 'rare'",
    time: "and at >= now() - interval '9 days' and at < now() - interval '8 days'",
    cursor: "and (at, id) < (now() - interval '8 days', 5)",
  };
  const planner = new pg.Client({ connectionString: server.databaseUrl });
  await planner.connect();
  // Of a handful of rows Postgres would rather sort them; it need not, and of many it does not.
  await planner.query('set enable_sort = off');
  await planner.query('set enable_bitmapscan = off');
  for (const [name, filter] of Object.entries(filters)) {
    const { rows } = await planner.query<Record<string, string>>(
      `explain select * from audit_log where org_id = '${orgId}' ${filter} order by at desc, id desc limit 51`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Scan Backward using audit_log_');
    expect([name, /Sort|Seq Scan|Filter/.test(plan)]).toEqual([name, false]);
  }
  await planner.end();
});
