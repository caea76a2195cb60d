import { randomUUID } from 'node:crypto';
import {
  type Account,
  call,
  createAccount,
  createPrompt,
  createTestDatabase,
  expectStatus,
  type Prompt,
  publish,
  type Server,
  startControlPlane,
  startGateway,
  testRedis,
  until,
} from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const TEMPLATE = '{{.name}}|{{range $key, $value := .data}}{{$key}}={{$value}};{{end}}';

let control: Server;
let gateway: Server;
let account: Account;
let stranger: Account;
let prompt: Prompt;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const neighbours = { databaseUrl: database.url, redis: testRedis() };
  [control, gateway] = await Promise.all([startControlPlane(neighbours), startGateway(neighbours)]);
  account = await createAccount(control.url, control.output);
  stranger = await createAccount(control.url, control.output);
  prompt = await createPrompt(control.url, account, 'Odd one');
  await publish(control.url, account, prompt, TEMPLATE);
  const token = account.session;
  const versions = `/v1/prompts/${prompt.id}/versions`;
  expectStatus(
    201,
    await call(control.url, 'POST', versions, { token, body: { template: 'a draft {{.name}}' } }),
  );
  expectStatus(
    200,
    await call(control.url, 'POST', `${versions}/2/tags`, { token, body: { tag: 'next.one' } }),
  );
  await createPrompt(control.url, account, 'Nothing live');
  for (const { key } of [account, stranger]) {
    await until('the gateway knows the newest', async () => {
      const path = `/v1/prompts/${prompt.slug}/versions/next.one/render`;
      const { status } = await call(gateway.url, 'POST', path, { token: key, body: {} });
      return status === (key === account.key ? 422 : 404) || undefined;
    });
  }
  close = async () => {
    await Promise.all([control.stop(), gateway.stop()]);
    await database.drop();
  };
});

afterAll(() => close());

/** The same request to both servers. */
async function ask(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) {
  const answers = [control, gateway].map(async ({ url }) => {
    const response = await fetch(url + path, { method: 'POST', body, headers });
    const { request_id: _, ...json } = (await response.json()) as Record<string, unknown>;
    return { status: response.status, json };
  });
  return Promise.all(answers);
}

const withKey = () => ({ authorization: `Bearer ${account.key}`, 'content-type': 'application/json' });
const padded = (length: number) => variables('{"name": 1, "data": {}}').padEnd(length);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const variables = (json: string) => `{"variables": ${json}}`;

test('a body that is no JSON is refused by both with the place where it goes wrong', async () => {
  const body = variables('{"name": "Zoë",\n  "data": oops}');
  for (const { status, json } of await ask(`/v1/prompts/${prompt.slug}/render`, body, withKey())) {
    expect([status, json]).toEqual([
      400,
      { error: 'invalid request body', reason: 'unexpected character', offset: 41, line: 2, column: 11 },
    ]);
  }
});

describe('control plane and gateway answer alike', () => {
  test.each<[string, number, string | Uint8Array<ArrayBuffer>]>([
    ['plain variables', 200, variables('{"name": "Zoë", "data": {"b": 1, "a": [true, null, 1.5]}}')],
    [
      'names of the prototype as data',
      200,
      variables('{"name": 1, "data": {"constructor": 1, "__proto__": {"x": 2}, "toString": 3}}'),
    ],
    ['a lack of names of the prototype', 422, variables('{"__proto__": {"name": 1}, "data": {}}')],
    ['a key given twice', 200, variables('{"name": 1, "name": 2, "data": {}}')],
    [
      'large and small numbers',
      200,
      variables('{"name": 12345678901234567890, "data": {"e": 1e21, "s": 1e-7, "m": -0}}'),
    ],
    [
      'escapes and lone surrogates',
      200,
      variables('{"name": "\\u0000\\ud83e\\udd8a\\"\\u2028", "data": {}}'),
    ],
    ['a missing variable', 422, variables('{}')],
    ['a missing variable, let go', 200, '{"missing": "default", "variables": {}}'],
    ['a missing variable, as zero', 200, '{"missing": "zero", "variables": {}}'],
    ['an unknown missing', 400, '{"missing": "never", "variables": {}}'],
    ['no variables', 422, '{}'],
    ['unknown fields', 200, '{"variables": {"name": 1, "data": {}}, "more": 1}'],
    ['variables null', 400, variables('null')],
    ['variables a list', 400, variables('[]')],
    ['variables a string', 400, variables('"{}"')],
    ['a list', 400, '[]'],
    ['null', 400, 'null'],
    ['no JSON', 400, '{"variables": '],
    ['no body', 400, ''],
    ['a body of blanks', 400, ' \n'],
    ['a byte order mark', 400, '\ufeff{}'],
    ['invalid UTF-8', 400, Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a body of 1 MiB', 200, padded(1024 * 1024)],
    ['a larger body', 413, padded(1024 * 1024 + 1)],
    ['deep nesting', 200, variables(`{"name": 1, "data": ${nested(50)}}`)],
    ['nesting as deep as may be', 200, variables(`{"name": 1, "data": {}, "deep": ${nested(9_998)}}`)],
    ['deeper nesting', 400, variables(`{"name": 1, "data": {}, "deep": ${nested(9_999)}}`)],
    ['nesting without end', 400, '['.repeat(1024 * 1024)],
    ['the largest number', 200, variables('{"name": 1.7976931348623157e308, "data": {}}')],
    ['a number beyond float64', 400, variables('{"name":\n  1e999, "data": {}}')],
    ['a number of 400 digits', 400, variables(`{"name": -${'9'.repeat(400)}, "data": {}}`)],
    ['a comma too many', 400, variables('{"name": "Zoë 🦊",\n "data": {},}')],
    ['a line break within a string', 400, variables('{"name": "a\nb", "data": {}}')],
    ['text behind the end', 400, '{} {}'],
    [
      'UTF-8 that breaks off',
      400,
      Uint8Array.from([...Buffer.from('{"n":\n"Zoë🦊'), 0xf0, 0x9f, 0x22, 0x7d]),
    ],
  ])('to %s: %i', async (_name, status, body) => {
    const [fromControl, fromGateway] = await ask(`/v1/prompts/${prompt.slug}/render`, body, withKey());
    expect(fromGateway).toEqual(fromControl);
    expect(fromControl?.status, JSON.stringify(fromControl)).toBe(status);
  });

  test.each<[string, number]>([
    ['odd_one/render', 200],
    ['ODD_ONE/render', 404],
    ['ID/render', 200],
    ['UPPER_ID/render', 200],
    [`${randomUUID()}/render`, 404],
    ['nothing_live/render', 404],
    ['nobody/render', 404],
    ['odd_one/versions/1/render', 200],
    ['odd_one/versions/2/render', 200],
    ['odd_one/versions/next.one/render', 200],
    ['odd_one/versions/next_one/render', 404],
    ['odd_one/versions/01/render', 404],
    ['odd_one/versions/0/render', 404],
    ['odd_one/versions/3/render', 404],
    ['odd_one/versions/99999999999999999999/render', 404],
    ['odd_one/versions/%20/render', 404],
    ['odd_one/versions/constructor/render', 404],
    ['odd_one/render?team_id=TEAM', 200],
    ['odd_one/render?team_id=', 200],
    ['odd_one/render?team_id=not-an-id', 400],
    [`odd_one/render?team_id=${randomUUID()}`, 404],
    ['odd_one/render/', 404],
    ['odd_one', 404],
  ])('at %s: %i', async (path, status) => {
    const named = path
      .replace('UPPER_ID', prompt.id.toUpperCase())
      .replace('ID', prompt.id)
      .replace('TEAM', account.teamId);
    const body = variables('{"name": "x", "data": {}}');
    const [fromControl, fromGateway] = await ask(`/v1/prompts/${named}`, body, withKey());
    expect(fromGateway).toEqual(fromControl);
    expect(fromControl?.status, JSON.stringify(fromControl)).toBe(status);
  });

  test('to a batch, render by render', async () => {
    const slug = 'odd_one';
    const good = { slug, variables: { name: 'x', data: {} } };
    const [fromControl, fromGateway] = await ask(
      '/v1/renders',
      JSON.stringify({
        renders: [
          good,
          { ...good, version: 1 },
          { ...good, version: '2' },
          { ...good, version: 'next.one', team_id: account.teamId },
          { ...good, slug: prompt.id.toUpperCase(), team_id: '' },
          { ...good, version: 1.5 },
          { ...good, version: 1e21 },
          { ...good, version: -1 },
          { ...good, version: '' },
          { ...good, version: null },
          { ...good, version: {} },
          { ...good, slug: null },
          { ...good, slug: 1 },
          { ...good, slug: '' },
          { ...good, slug: ' ' },
          { ...good, slug: 'nobody' },
          { ...good, slug: 'nothing_live' },
          { ...good, slug: randomUUID() },
          { ...good, team_id: null },
          { ...good, team_id: 'not-an-id' },
          { ...good, team_id: randomUUID() },
          { ...good, variables: null },
          { ...good, missing: 'never' },
          { ...good, more: 1 },
          { slug },
          { slug, missing: 'default' },
          { variables: [], slug: '', version: {} },
          {},
          [],
          null,
          'odd_one',
        ],
      }),
      withKey(),
    );
    expect(fromGateway).toEqual(fromControl);
    const results = (fromControl?.json.results ?? []) as { status?: number }[];
    const statuses = results.map(({ status = 200 }) => status);
    expect(statuses.join(' ')).toBe(
      '200 200 200 200 200 404 404 404 404 400 400 400 400 400 404 404 404 404 400 400 404 400 400 200 422 200 400 400 400 400 400',
    );
  });

  test.each<[string, number, string]>([
    ['no renders', 400, '{"renders": []}'],
    ['101 renders', 400, JSON.stringify({ renders: Array.from({ length: 101 }, () => ({ slug: 'x' })) })],
    ['renders that are no list', 400, '{"renders": {}}'],
    ['null renders', 400, '{"renders": null}'],
    ['nothing', 400, '{}'],
    ['a list', 400, '[{"slug": "x"}]'],
    ['no body', 400, ''],
    ['renders given twice', 200, '{"renders": 1, "renders": [{"slug": "odd_one", "missing": "zero"}]}'],
    ['no JSON', 400, '{"renders": [{"slug": "odd_one"}, oops]}'],
    ['a body of 1 MiB', 200, '{"renders": [{"slug": "odd_one"}]}'.padEnd(1024 * 1024)],
    ['a larger body', 413, '{"renders": [{"slug": "odd_one"}]}'.padEnd(1024 * 1024 + 1)],
  ])('to a batch of %s: %i', async (_name, status, body) => {
    const [fromControl, fromGateway] = await ask('/v1/renders', body, withKey());
    expect(fromGateway).toEqual(fromControl);
    expect(fromControl?.status, JSON.stringify(fromControl)).toBe(status);
  });

  test.each([
    ['nobody', 401, () => ({})],
    ['a well-formed key that is none', 401, () => ({ authorization: 'Bearer ak_not-a-key' })],
    ['a stranger', 200, () => ({ authorization: `Bearer ${stranger.key}` })],
  ])('to a batch of %s: %i', async (_name, status, headers) => {
    const body = JSON.stringify({ renders: [{ slug: prompt.slug }, { slug: prompt.id }] });
    const [fromControl, fromGateway] = await ask('/v1/renders', body, headers());
    expect(fromGateway).toEqual(fromControl);
    expect(fromControl?.status, JSON.stringify(fromControl)).toBe(status);
  });

  test.each<[string, number, () => Record<string, string>]>([
    ['nobody', 401, () => ({})],
    ['an X-API-Key', 422, () => ({ 'x-api-key': account.key })],
    ['a key without its scheme', 401, () => ({ authorization: account.key })],
    ['a key in small letters of the scheme', 422, () => ({ authorization: `bearer ${account.key}` })],
    ['a key of wrong checksum', 401, () => ({ authorization: `Bearer ${account.key.slice(0, -1)}!` })],
    ['a well-formed key that is none', 401, () => ({ authorization: 'Bearer ak_not-a-key' })],
    ['a stranger', 404, () => ({ authorization: `Bearer ${stranger.key}` })],
  ])('to %s: %i', async (_name, status, headers) => {
    const [fromControl, fromGateway] = await ask(`/v1/prompts/${prompt.slug}/render`, '{}', headers());
    expect(fromGateway).toEqual(fromControl);
    expect(fromControl?.status, JSON.stringify(fromControl)).toBe(status);
  });
});
