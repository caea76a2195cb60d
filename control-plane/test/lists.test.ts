import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { newPrompt, newTeam } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

const MEBIBYTE = 1024 * 1024;
const list = (path: string) => client('GET', path, { token: admin.token });

/** @returns the pages of a list, each a list of what `show` makes of its items */
async function walk<Shown>(
  path: string,
  field: string,
  // biome-ignore lint/suspicious/noExplicitAny: items of every list
  show: (item: any) => Shown,
  between: () => Promise<unknown> = async () => {},
): Promise<Shown[][]> {
  const pages: Shown[][] = [];
  for (let cursor = ''; ; ) {
    const { status, json } = await list(`${path}${cursor}`);
    expect(status).toBe(200);
    pages.push(json[field].map(show));
    if (json.next_cursor === null) return pages;
    cursor = `&cursor=${json.next_cursor}`;
    await between();
  }
}

function addPrompts(teamId: string, slugs: readonly string[]): Promise<unknown> {
  return server.sql(
    `insert into prompts (team_id, org_id, slug, name) select $1, $2, slug, slug from unnest($3::text[]) as slug`,
    [teamId, admin.orgId, slugs],
  );
}

const randomSlugs = (count: number) => Array.from({ length: count }, () => randomUUID().replaceAll('-', '_'));

describe('a list of prompts', () => {
  test('of 2,500 is walked without repeat or gap while others are made', { timeout: 60_000 }, async () => {
    const teamId = await newTeam(server, admin.orgId, 'Long');
    const slugs = [...randomSlugs(2_400), ...randomSlugs(100).map((slug) => `ü_${slug}`)];
    await addPrompts(teamId, slugs);
    for (const path of [`/v1/teams/${teamId}/prompts?limit=93`, `/v1/prompts?team_id=${teamId}&limit=93`]) {
      const pages = await walk(
        path,
        'prompts',
        ({ slug }) => slug,
        () => addPrompts(teamId, randomSlugs(5)),
      );
      const seen = pages.flat();
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(seen.toSorted());
      expect(slugs.filter((slug) => !seen.includes(slug))).toEqual([]);
      expect(pages.slice(0, -1).every((page) => page.length === 93)).toBe(true);
    }
  });

  test('without a limit holds 250', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Medium');
    await addPrompts(teamId, randomSlugs(251));
    const pages = await walk(`/v1/prompts?team_id=${teamId}`, 'prompts', ({ slug }) => slug);
    expect(pages.map(({ length }) => length)).toEqual([250, 1]);
  });

  test('ends with a full page where no more follow', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Even');
    await addPrompts(teamId, ['a', 'b', 'c', 'd']);
    const pages = await walk(`/v1/prompts?team_id=${teamId}&limit=2`, 'prompts', ({ slug }) => slug);
    expect(pages).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('ends a page early before it becomes too large', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Wordy');
    await addPrompts(teamId, randomSlugs(500));
    await server.sql(`update prompts set description = repeat('😀', 10000) where team_id = $1`, [teamId]);
    const pages = await walk(`/v1/prompts?team_id=${teamId}`, 'prompts', ({ slug }) => slug);
    expect(pages.map(({ length }) => length)).toEqual([210, 210, 80]);
    const { json } = await list(`/v1/prompts?team_id=${teamId}&limit=1`);
    expect(Object.keys(json.prompts[0])).not.toContain('is_beyond');
  });

  test('is sorted by code points', async () => {
    const teamId = await newTeam(server, admin.orgId, 'Sorted');
    await addPrompts(teamId, ['b_a', 'ba', 'b', 'é', 'z', '1', 'b1', '歓迎']);
    const [page] = await walk(`/v1/prompts?team_id=${teamId}`, 'prompts', ({ slug }) => slug);
    expect(page).toEqual(['1', 'b', 'b1', 'b_a', 'ba', 'z', 'é', '歓迎']);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=251', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=all', 'limit'],
    ['cursor=junk', 'cursor'],
    ['cursor=WzFd', 'cursor'],
    ['cursor=WyJcdTAwMDAiXQ', 'cursor'],
    ['cursor=bnVsbA', 'cursor'],
    ['q=%00', 'q'],
    ['q=a%00b', 'q'],
    [`q=${'x'.repeat(256)}`, 'q'],
    ['q=a&q=b', 'q'],
  ])('refuses %s', async (query, name) => {
    for (const path of [`/v1/teams/${admin.teamId}/prompts?`, `/v1/prompts?team_id=${admin.teamId}&`]) {
      expect(await list(`${path}${query}`)).toMatchObject({
        status: 400,
        json: { error: `invalid query parameter ${name}` },
      });
    }
  });

  test('without a team is empty', async () => {
    expect((await list('/v1/prompts?q=x&limit=1')).json).toEqual({ prompts: [], next_cursor: null });
  });
});

describe('q', () => {
  let teamId: string;
  const ids: Record<string, string> = {};

  const PROMPTS = [
    { name: 'Support Greeting', slug: 'hello', description: 'Says Hi, 100% politely' },
    { name: 'ÜBERSICHT', slug: 'overview', description: '' },
    { name: 'Back\\slash', slug: 'back_slash', description: 'one\ntwo' },
    { name: 'Archived Greeting', slug: 'old', description: '' },
    { name: '歓迎メール', slug: '歓迎', description: 'Welcome' },
  ];

  beforeAll(async () => {
    teamId = await newTeam(server, admin.orgId, 'Searched');
    for (const body of PROMPTS) {
      const { json } = await client('POST', `/v1/teams/${teamId}/prompts`, { token: admin.token, body });
      ids[body.slug] = json.prompt.id;
    }
    await client('POST', `/v1/prompts/${ids.old}/archive`, { token: admin.token });
    await client('POST', `/v1/prompts/${ids.overview}/versions`, {
      token: admin.token,
      body: { template: 'a template holds greeting, and is not searched' },
    });
    await putTag('Prod-EU.1');
    const other = await newTeam(server, admin.orgId, 'Not searched');
    await newPrompt(client, { token: admin.token, teamId: other, name: 'Support Greeting' });
  });

  const putTag = (tag: string) =>
    client('POST', `/v1/prompts/${ids.overview}/versions/1/tags`, { token: admin.token, body: { tag } });
  const found = async (q: string, rest = '') => {
    const { json } = await list(`/v1/prompts?team_id=${teamId}&q=${encodeURIComponent(q)}${rest}`);
    return json.prompts.map(({ slug }: { slug: string }) => slug);
  };

  test.each([
    ['port gree', ['hello'], 'a part of the name'],
    ['GREETING', ['hello'], 'in any case'],
    ['ell', ['hello'], 'a part of the slug'],
    ['says hi', ['hello'], 'a part of the description'],
    ['prod-eu', ['overview'], 'a part of a tag'],
    ['übers', ['overview'], 'letters beyond ASCII in any case'],
    ['ÜbERSICHT', ['overview'], 'letters beyond ASCII in any case'],
    ['メー', ['歓迎'], 'two characters of any script'],
    ['歓', ['歓迎'], 'one character'],
    ['h', ['hello', 'back_slash', 'overview'].toSorted(), 'one letter'],
    ['100%', ['hello'], 'a per cent sign'],
    ['%', ['hello'], 'nothing but a per cent sign'],
    ['_', ['back_slash'], 'an underscore'],
    ['\\', ['back_slash'], 'a backslash'],
    ['k\\s', ['back_slash'], 'a backslash amid letters'],
    ['\\%', [], 'a backslash before a per cent sign'],
    ['one\ntwo', ['back_slash'], 'an end of line'],
    ['nothing of the kind', [], 'nothing'],
    ['template holds', [], 'no templates'],
  ])('%j finds %j: %s', async (q, slugs) => {
    expect(await found(q)).toEqual(slugs);
    const { json } = await list(`/v1/teams/${teamId}/prompts?q=${encodeURIComponent(q)}`);
    expect(json.prompts.map(({ slug }: { slug: string }) => slug)).toEqual(slugs);
  });

  test('goes with the other filters', async () => {
    expect(await found('greeting', '&archived=true')).toEqual(['old']);
    expect(await found('')).toEqual(['back_slash', 'hello', 'overview', '歓迎']);
    const pages = await walk(`/v1/prompts?team_id=${teamId}&q=e&limit=1`, 'prompts', ({ slug }) => slug);
    expect(pages).toEqual([['back_slash'], ['hello'], ['overview'], ['歓迎']]);
  });

  test('follows every change', async () => {
    await client('PUT', `/v1/prompts/${ids.hello}`, {
      token: admin.token,
      body: { description: 'Another text' },
    });
    expect(await found('politely')).toEqual([]);
    expect(await found('another TEXT')).toEqual(['hello']);
    await putTag('fresh');
    expect(await found('fresh')).toEqual(['overview']);
    await client('DELETE', `/v1/prompts/${ids.overview}/tags/fresh`, { token: admin.token });
    expect(await found('fresh')).toEqual([]);
    expect(await found('prod-eu')).toEqual(['overview']);
    await client('DELETE', `/v1/prompts/${ids.overview}/versions/1`, { token: admin.token });
    expect(await found('prod-eu')).toEqual([]);
  });
});

describe('a list of versions', () => {
  let promptId: string;

  const addVersions = (count: number, template: string) =>
    server.sql(
      `insert into versions (prompt_id, version, template, variables, status)
       select $1, number, $3, '[]', case when number % 2 = 0 then 'stable' else 'draft' end
       from generate_series(1, $2::integer) as number`,
      [promptId, count, template],
    );
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  const path = (query = '') => `/v1/prompts/${promptId}/versions?${query}`;

  test('is walked newest first, also with a filter', async () => {
    promptId = (await newPrompt(client, admin)).id;
    await addVersions(25, 'x');
    const walked = async (query: string) => walk(path(query), 'versions', ({ version }) => version);
    expect((await walked('limit=10')).flat()).toEqual(numbers(25));
    expect((await walked('limit=10')).map(({ length }) => length)).toEqual([10, 10, 5]);
    expect((await walked('limit=5&status=stable')).flat()).toEqual([
      24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2,
    ]);
    await server.sql(
      `insert into version_tags (prompt_id, version, tag) select $1, number, 't' || number from generate_series(1, 25) as number`,
      [promptId],
    );
    expect(await walked('limit=2&tags=t1,t7,t9,t25,t26')).toEqual([
      [25, 9],
      [7, 1],
    ]);
  });

  test('ends a page early before it becomes too large, and misses none', { timeout: 30_000 }, async () => {
    promptId = (await newPrompt(client, admin)).id;
    await addVersions(100, 'x'.repeat(256 * 1024));
    const pages = await walk(path(), 'versions', ({ version }) => version);
    expect(pages.map(({ length }) => length)).toEqual([32, 32, 32, 4]);
    expect(pages.flat()).toEqual(numbers(100));
    const { json } = await list(path('limit=1'));
    expect(Object.keys(json.versions[0])).not.toContain('is_beyond');
  });

  test('counts model settings as well', async () => {
    promptId = (await newPrompt(client, admin)).id;
    await addVersions(20, 'x');
    await server.sql(
      `update versions set model_params = json_build_object('a', repeat('x', $2)) where prompt_id = $1`,
      [promptId, 2 * MEBIBYTE],
    );
    const pages = await walk(path(), 'versions', ({ version }) => version);
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4]);
    expect(pages.flat()).toEqual(numbers(20));
  });

  test.each([
    ['limit=0', 'limit'],
    ['cursor=WyJ4Il0', 'cursor'],
    ['cursor=WzEuNV0', 'cursor'],
    ['cursor=WzFlOTld', 'cursor'],
  ])('refuses %s', async (query, name) => {
    expect(await list(path(query))).toMatchObject({
      status: 400,
      json: { error: `invalid query parameter ${name}` },
    });
  });
});

describe('a list of payloads', () => {
  let promptId: string;
  const path = (query = '') => `/v1/prompts/${promptId}/payloads?${query}`;

  test('is walked oldest first, also those of one moment', async () => {
    promptId = (await newPrompt(client, admin)).id;
    await server.sql(
      `insert into payloads (prompt_id, name, variables, created_at)
       select $1, number::text, '{}', timestamptz '2026-01-31T12:00:00.123Z' + number / 10 * interval '7 microseconds'
       from generate_series(0, 49) as number`,
      [promptId],
    );
    const pages = await walk(path('limit=7'), 'payloads', ({ name }) => Number(name));
    expect(pages.map(({ length }) => length)).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
    const seen = pages.flat();
    expect(seen.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
    expect(seen.map((number) => Math.floor(number / 10))).toEqual(
      Array.from({ length: 50 }, (_, index) => Math.floor(index / 10)),
    );
    const { json } = await list(path('limit=1'));
    expect(Object.keys(json.payloads[0]).sort()).toEqual([
      'created_at',
      'id',
      'name',
      'prompt_id',
      'updated_at',
      'variables',
    ]);
  });

  test('ends a page early before it becomes too large', async () => {
    promptId = (await newPrompt(client, admin)).id;
    await server.sql(
      `insert into payloads (prompt_id, variables) select $1, json_build_object('a', repeat('x', $2)) from generate_series(1, 11)`,
      [promptId, 2 * MEBIBYTE],
    );
    const pages = await walk(path(), 'payloads', ({ id }) => id);
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 3]);
    expect(new Set(pages.flat()).size).toBe(11);
  });

  test.each([
    ['limit=x', 'limit'],
    ['cursor=WzFd', 'cursor'],
    ['cursor=WzEsIngiXQ', 'cursor'],
  ])('refuses %s', async (query, name) => {
    expect(await list(path(query))).toMatchObject({
      status: 400,
      json: { error: `invalid query parameter ${name}` },
    });
  });
});
