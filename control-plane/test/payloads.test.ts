import { beforeEach, describe, expect, test } from 'vitest';
import { newPerson, newPrompt } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';

const { server, client, admin } = await startWithAdmin();

let promptId: string;
beforeEach(async () => {
  promptId = (await newPrompt(client, admin)).id;
});

const call = (method: string, path = '', body?: unknown) =>
  client(method, `/v1/prompts/${promptId}/payloads${path}`, { token: admin.token, body });
const create = async (body: object) => (await call('POST', '', body)).json.payload;

const NO_PAYLOAD = { status: 404, json: { error: 'payload not found' } };
const NO_PROMPT = { status: 404, json: { error: 'prompt not found' } };
const NOT_OBJECT = 'variables must be a JSON object';
const INVALID_BODY = 'invalid request body';
const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

describe('a sample payload', () => {
  test('is kept as it was given', async () => {
    const variables = JSON.parse('{"b": [1, {"c": null}], "a": "ü\\u0000", "__proto__": {"z": 1.5}, "": ""}');
    const { status, json } = await call('POST', '', { variables, name: 'An order' });
    expect(status).toBe(201);
    const { id, created_at } = json.payload;
    expect(json.payload).toEqual({
      id,
      prompt_id: promptId,
      name: 'An order',
      variables,
      created_at,
      updated_at: created_at,
    });
    expect(JSON.stringify(json.payload.variables)).toBe(JSON.stringify(variables));
    expect(await call('GET', `/${id}`)).toMatchObject({ status: 200, json: json as object });
    expect((await call('GET')).json).toEqual({ payloads: [json.payload], next_cursor: null });
  });

  test('needs no name', async () => {
    expect(await create({ variables: {} })).toMatchObject({ name: null, variables: {} });
    expect(await create({ variables: {}, name: null })).toMatchObject({ name: null });
  });

  test.each([
    [{}, NOT_OBJECT],
    [{ variables: null }, NOT_OBJECT],
    [{ variables: [] }, NOT_OBJECT],
    [{ variables: 'text' }, NOT_OBJECT],
    [{ variables: {}, name: 5 }, INVALID_BODY],
    [{ variables: {}, name: 'x'.repeat(256) }, INVALID_BODY],
    [{ variables: {}, name: 'a\u0000b' }, INVALID_BODY],
    [{ variables: nested(65) }, INVALID_BODY],
    [[], INVALID_BODY],
  ])('is not %j', async (body, error) => {
    expect(await call('POST', '', body)).toMatchObject({ status: 400, json: { error } });
  });

  test('may be nested as deep as settings may', async () => {
    expect(await create({ variables: nested(64) })).toMatchObject({ variables: nested(64) });
  });

  test('may be as large as a request', async () => {
    const variables = { text: 'x'.repeat(2 * 1024 * 1024 - 100) };
    expect(await call('POST', '', { variables })).toMatchObject({ status: 201 });
    expect(
      await call('POST', '', { variables: { text: `${variables.text}${'x'.repeat(100)}` } }),
    ).toMatchObject({
      status: 413,
      json: { error: 'request body too large' },
    });
  });
});

describe('a payload that is changed', () => {
  test('keeps what is not named', async () => {
    const before = await create({ variables: { a: 1 }, name: 'first' });
    const renamed = await call('PUT', `/${before.id}`, { name: 'second' });
    expect(renamed).toMatchObject({
      status: 200,
      json: { payload: { ...before, name: 'second', updated_at: expect.any(String) } },
    });
    expect(renamed.json.payload.updated_at > before.updated_at).toBe(true);
    const { json } = await call('PUT', `/${before.id}`, { variables: { b: [2] } });
    expect(json.payload).toMatchObject({ name: 'second', variables: { b: [2] } });
    expect((await call('PUT', `/${before.id}`, { name: null, variables: {} })).json.payload).toMatchObject({
      name: null,
      variables: {},
    });
    expect((await call('GET', `/${before.id}`)).json.payload).toMatchObject({ name: null, variables: {} });
  });

  test.each([
    [{}, INVALID_BODY],
    [{ title: 'x' }, INVALID_BODY],
    [{ variables: null }, NOT_OBJECT],
    [{ variables: 5, name: 'x' }, NOT_OBJECT],
    [{ variables: nested(65) }, INVALID_BODY],
    [{ name: 5 }, INVALID_BODY],
  ])('refuses %j', async (body, error) => {
    const { id } = await create({ variables: {} });
    expect(await call('PUT', `/${id}`, body)).toMatchObject({ status: 400, json: { error } });
  });
});

test('a payload that is deleted is gone', async () => {
  const { id } = await create({ variables: {} });
  expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 204, json: undefined });
  expect(await call('DELETE', `/${id}`)).toMatchObject(NO_PAYLOAD);
  expect(await call('GET', `/${id}`)).toMatchObject(NO_PAYLOAD);
  expect(await call('PUT', `/${id}`, { name: 'x' })).toMatchObject(NO_PAYLOAD);
  expect((await call('GET')).json.payloads).toEqual([]);
});

test('payloads belong to their prompt', async () => {
  const { id } = await create({ variables: {} });
  promptId = (await newPrompt(client, admin)).id;
  expect(await call('GET', `/${id}`)).toMatchObject(NO_PAYLOAD);
  expect(await call('PUT', `/${id}`, { name: 'x' })).toMatchObject(NO_PAYLOAD);
  expect(await call('DELETE', `/${id}`)).toMatchObject(NO_PAYLOAD);
});

test('every route names what is wrong with an id', async () => {
  const { id } = await create({ variables: {} });
  const stranger = await newPerson(server, client);
  const routes = [
    ['POST', '', { variables: {} }],
    ['GET', '', undefined],
    ['GET', `/${id}`, undefined],
    ['PUT', `/${id}`, { name: 'x' }],
    ['DELETE', `/${id}`, undefined],
  ] as const;
  for (const [method, path, body] of routes) {
    const at = (prompt: string, token = admin.token) =>
      client(method, `/v1/prompts/${prompt}/payloads${path}`, { token, body });
    expect(await at('junk')).toMatchObject({ status: 400, json: { error: 'invalid prompt id' } });
    expect(await at(crypto.randomUUID())).toMatchObject(NO_PROMPT);
    expect(await at(promptId, stranger.token)).toMatchObject(NO_PROMPT);
    if (path === '') continue;
    expect(await call(method, '/junk', body)).toMatchObject({ status: 400, json: { error: 'invalid id' } });
    expect(await call(method, `/${crypto.randomUUID()}`, body)).toMatchObject(NO_PAYLOAD);
  }
});
