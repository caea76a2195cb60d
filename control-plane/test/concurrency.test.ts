import pg from 'pg';
import { expect, test } from 'vitest';
import { newPrompt, newVersion } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

const NUMBERS = Array.from({ length: 50 }, (_, index) => index + 1);

test('50 parallel creates make versions 1 to 50', async () => {
  const { id } = await newPrompt(client, admin);
  const made = await Promise.all(
    NUMBERS.map((number) => newVersion(client, admin.token, id, `Version ${number}`)),
  );
  expect(made.toSorted((one, other) => one - other)).toEqual(NUMBERS);
});

test('what waited for its turn carries the time of its turn, not of its asking', async () => {
  const { id } = await newPrompt(client, admin);
  await newVersion(client, admin.token, id);
  await client('POST', `/v1/prompts/${id}/versions/1/promote`, { token: admin.token });
  const other = new pg.Client({ connectionString: server.databaseUrl });
  await other.connect();
  await other.query('begin');
  await other.query('select from prompts where id = $1 for update', [id]);
  const promoted = client('POST', `/v1/prompts/${id}/versions/1/promote`, { token: admin.token });
  const created = client('POST', `/v1/prompts/${id}/versions`, {
    token: admin.token,
    body: { template: 'waits' },
  });
  await until(async () =>
    (
      await server.sql(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
    ).slice(1),
  );
  const turn = await other.query<{ at: Date }>('select clock_timestamp() as at');
  await other.query('commit');
  await other.end();
  const at = turn.rows[0]?.at.toISOString() ?? '';
  expect((await promoted).json.version.published_at >= at).toBe(true);
  expect((await created).json.version.created_at >= at).toBe(true);
});

test('parallel promotes of 20 versions leave exactly one live, the last that was promoted', async () => {
  const { id } = await newPrompt(client, admin);
  const versions = NUMBERS.slice(0, 20);
  for (const _ of versions) await newVersion(client, admin.token, id);
  const promote = (number: number) =>
    client('POST', `/v1/prompts/${id}/versions/${number}/promote`, { token: admin.token });
  await Promise.all(versions.map(promote));
  const answers = await Promise.all(versions.map(promote));
  expect(answers.map(({ status }) => status)).toEqual(versions.map(() => 200));
  const rows = await server.sql<{ status: string; is_newest: boolean }>(
    `select status, published_at = max(published_at) over () as is_newest from versions where prompt_id = $1`,
    [id],
  );
  expect(rows.filter(({ status }) => status === 'live')).toEqual([{ status: 'live', is_newest: true }]);
  expect(rows.filter(({ status }) => status === 'stable')).toHaveLength(19);
});

test('parallel promotes of one version take it to live and no further', async () => {
  const { id } = await newPrompt(client, admin);
  await newVersion(client, admin.token, id);
  const answers = await Promise.all(
    NUMBERS.slice(0, 10).map(() =>
      client('POST', `/v1/prompts/${id}/versions/1/promote`, { token: admin.token }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(8).fill(422)]);
});

test('a draft that is promoted meanwhile is not changed', async () => {
  const { id } = await newPrompt(client, admin);
  for (const number of NUMBERS.slice(0, 10)) {
    await newVersion(client, admin.token, id, 'before');
    const [promoted, updated] = await Promise.all([
      client('POST', `/v1/prompts/${id}/versions/${number}/promote`, { token: admin.token }),
      client('PUT', `/v1/prompts/${id}/versions/${number}`, {
        token: admin.token,
        body: { template: 'after' },
      }),
    ]);
    const { json } = await client('GET', `/v1/prompts/${id}/versions/${number}`, { token: admin.token });
    expect(promoted.status).toBe(200);
    expect(json.version.template).toBe(updated.status === 200 ? 'after' : 'before');
  }
});

test('parallel moves of one tag leave it on one version', async () => {
  const { id } = await newPrompt(client, admin);
  const versions = NUMBERS.slice(0, 10);
  for (const _ of versions) await newVersion(client, admin.token, id);
  const answers = await Promise.all(
    versions.map((number) =>
      client('POST', `/v1/prompts/${id}/versions/${number}/tags`, {
        token: admin.token,
        body: { tag: 'prod' },
      }),
    ),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  const { json } = await client('GET', `/v1/prompts/${id}/tags`, { token: admin.token });
  expect(json.tags).toHaveLength(1);
});

test('every change of these leaves its note for the gateways', async () => {
  const { id } = await newPrompt(client, admin);
  await newVersion(client, admin.token, id);
  const [document] = await until(async () =>
    server.sql<{ key: string }>('select key from feed_documents where key = $1', [`version:${id}:1`]),
  );
  expect(document).toEqual({ key: `version:${id}:1` });
});

async function until<Row>(attempt: () => Promise<Row[]>): Promise<Row[]> {
  for (;;) {
    const rows = await attempt();
    if (rows.length > 0) return rows;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
