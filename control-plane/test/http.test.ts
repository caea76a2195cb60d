import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { newKey, newPrompt, PASSWORD } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { cuttable } from './cuttable-connection.js';
import { startControlPlane } from './running-control-plane.js';

const { server, client, admin } = await startWithAdmin();

describe('what no route answers', () => {
  test.each([
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['PATCH', '/v1/prompts'],
    ['DELETE', '/v1/auth/login'],
    ['GET', '/v1/prompts/%zz'],
    ['GET', `/v1/prompts/${'a'.repeat(5_000)}`],
  ])('is not found, with credentials or without: %s %s', async (method, path) => {
    for (const token of [undefined, 'sess_dead', admin.token]) {
      const headers = { ...(token && { authorization: `Bearer ${token}` }) };
      const response = await fetch(server.url + path, { method, headers });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({ error: 'not found' });
    }
  });
});

describe('bodies', () => {
  const login = (raw: string, headers: Record<string, string> = {}) =>
    client('POST', '/v1/auth/login', { raw, headers });
  const INVALID = { status: 400, json: { error: 'invalid request body' } };

  test.each([
    ['{'],
    [''],
    ['null'],
    ['"text"'],
    ['[]'],
    ['{"email":"a@example.com","password":{}}'],
    ['{"__proto__":{"email":"x"}}'],
    ['\u0000'],
  ])('that are no JSON of the right shape are refused: %s', async (raw) => {
    expect(await login(raw)).toMatchObject(INVALID);
  });

  test.each([['x'], ['application/'], [';;'], [' ']])(
    'are JSON though their content type is malformed: %s',
    async (type) => {
      const raw = JSON.stringify({ email: admin.email, password: 'Wrong-Horse-7' });
      expect(await login(raw, { 'content-type': type })).toMatchObject({ status: 401 });
    },
  );

  test('are passed over where none is awaited', async () => {
    const { json } = await client('POST', '/v1/auth/login', {
      body: { email: admin.email, password: PASSWORD },
    });
    expect(await client('DELETE', '/v1/auth/session', { token: json.token, raw: 'x' })).toMatchObject({
      status: 204,
    });
    expect(await client('GET', '/v1/auth/me', { token: json.token })).toMatchObject({ status: 401 });
  });

  test('are JSON whatever their content type says', async () => {
    const raw = JSON.stringify({ email: admin.email, password: 'Wrong-Horse-7' });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-8',
    ]) {
      expect(await login(raw, { 'content-type': type })).toMatchObject({ status: 401 });
      expect(await login('a=b', { 'content-type': type })).toMatchObject(INVALID);
    }
  });

  test('are 2 MiB at most', async () => {
    const { id } = await newPrompt(client, admin);
    const answer = await client('POST', `/v1/prompts/${id}/render`, {
      token: admin.token,
      body: { variables: { text: 'x'.repeat(2 * 1024 * 1024) } },
    });
    expect(answer).toMatchObject({ status: 413, json: { error: 'request body too large' } });
  });

  test('are not looked at where credentials are missing', async () => {
    expect(await client('POST', '/v1/api-keys', { raw: '{' })).toMatchObject({
      status: 401,
      json: { error: 'unauthorized' },
    });
  });

  test('may be empty where a route takes none, with a content type too', async () => {
    const answer = await client('DELETE', '/v1/auth/session', {
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(204);
  });
});

describe('credentials', () => {
  test('come as a bearer token or, for keys, as X-API-Key', async () => {
    const key = await newKey(client, admin, 'read_render');
    const list = (headers: Record<string, string>) => client('GET', '/v1/prompts', { headers });
    expect(await list({ authorization: `Bearer ${key}` })).toMatchObject({ status: 200 });
    expect(await list({ authorization: `bearer ${admin.token}` })).toMatchObject({ status: 200 });
    expect(await list({ 'x-api-key': key })).toMatchObject({ status: 200 });
    expect(await list({ 'x-api-key': key, authorization: 'Basic abc' })).toMatchObject({ status: 200 });
    expect(await list({ 'x-api-key': key, authorization: 'Bearer sess_dead' })).toMatchObject({
      status: 401,
    });
    expect(await list({ authorization: key })).toMatchObject({ status: 401 });
    expect(await list({ authorization: 'Bearer ' })).toMatchObject({ status: 401 });
    expect(await list({ 'x-api-key': '' })).toMatchObject({ status: 401 });
  });
});

describe('an unexpected failure', () => {
  test('shows a request id that the log has, and nothing inner', async () => {
    await server.sql('alter table organizations rename to organizations_gone');
    const answer = await client('GET', '/v1/me/orgs', { token: admin.token });
    await server.sql('alter table organizations_gone rename to organizations');
    expect(answer).toMatchObject({
      status: 500,
      json: { error: 'internal error', request_id: expect.stringMatching(/^[\da-f-]{36}$/) },
    });
    expect(Object.keys(answer.json)).toHaveLength(2);
    expect(answer.headers.get('x-request-id')).toBe(answer.json.request_id);
    const line = server
      .log()
      .split('\n')
      .find((entry) => entry.includes(answer.json.request_id) && entry.includes('"request failed"'));
    expect(line).toContain('organizations');
  });
});

describe('health', () => {
  test('is OK, and readiness tells of each dependency', async () => {
    expect(await client('GET', '/v1/health')).toMatchObject({ status: 200, json: { status: 'OK' } });
    expect(await client('GET', '/v1/health/ready')).toMatchObject({
      status: 200,
      json: { status: 'OK', dependencies: { postgres: 'OK', feed: 'OK' } },
    });
  });

  test('without Redis is still ready, and says what is missing', async () => {
    const lame = await startControlPlane({ REDIS_URL: 'redis://127.0.0.1:1' });
    const readiness = await (await fetch(`${lame.url}/v1/health/ready`)).json();
    await lame.close();
    expect(readiness).toEqual({ status: 'OK', dependencies: { postgres: 'OK', feed: 'unreachable' } });
  });

  test('without Postgres is 503, as the API is, until it is back', async () => {
    const postgres = await cuttable(server.databaseUrl);
    const lame = await startControlPlane({ DATABASE_URL: postgres.url });
    const ask = async (path: string) => {
      const response = await fetch(lame.url + path, { headers: { authorization: 'Bearer sess_any' } });
      const retry = response.headers.get('retry-after');
      return { status: response.status, retry, json: await response.json() };
    };
    expect(await ask('/v1/auth/me')).toMatchObject({ status: 401 });
    await postgres.cut();
    expect(await ask('/v1/health/ready')).toMatchObject({
      status: 503,
      json: {
        error: 'service unavailable',
        status: 'unavailable',
        dependencies: { postgres: 'unreachable' },
      },
    });
    expect(await ask('/v1/auth/me')).toMatchObject({
      status: 503,
      retry: '2',
      json: { error: 'service unavailable' },
    });
    expect(await ask('/v1/health')).toMatchObject({ status: 200 });
    await postgres.mend();
    expect(await ask('/v1/health/ready')).toMatchObject({ status: 200 });
    expect(await ask('/v1/auth/me')).toMatchObject({ status: 401 });
    await lame.close();
    await postgres.cut();
  });
});

test('closing finishes the request that has begun', async () => {
  const leaving = await startControlPlane();
  const body = JSON.stringify({ email: 'late@example.com', password: 'Correct-Horse-7' });
  const { port } = new URL(leaving.url);
  const answer = new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(
      {
        port,
        method: 'POST',
        path: '/v1/auth/register',
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (response) => resolve(response.resume().statusCode),
    );
    request.on('error', reject);
    request.write(body.slice(0, 10), () => {
      setTimeout(() => {
        void leaving.close();
        setTimeout(() => request.end(body.slice(10)), 50);
      }, 50);
    });
  });
  expect(await answer).toBe(201);
});

test('the served document is OpenAPI 3.1 and describes each operation', async () => {
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { summary?: string; responses: object; security?: object[] }>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  expect(operations.length).toBeGreaterThan(25);
  for (const { summary, responses, security } of operations) {
    expect(summary).toBeTypeOf('string');
    expect(responses).not.toEqual({});
    expect(security).toBeInstanceOf(Array);
  }
});
