import { once } from 'node:events';
import { request } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import { CONFIG_VARIABLES } from '@px0/control-plane';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Parameter, type Route, routesOf } from '#http/api-document.js';
import type { SchemaWords } from '#http/schema-words.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { type Cuttable, cuttable } from './cuttable-connection.js';
import { describedApi } from './described-api.js';
import { type Answer, type Call, type Client, documentedClient, witnessOf } from './documented-client.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';
import { isId, sampleBody, samplePath } from './sample-calls.js';

/** What holds for all routes alike, asked of each that the document has. */
const ROUTES = routesOf(await describedApi());
const WITH_BODY = ROUTES.filter(({ operation }) => operation.requestBody !== undefined);
const WITH_CREDENTIALS = ROUTES.filter(
  ({ operation }) =>
    operation.security.length > 0 && operation.security.every((scheme) => Object.keys(scheme).length > 0),
);
const BODY_LIMIT = 2 * 1024 * 1024;

const { server, client, admin } = await startWithAdmin();
const { token } = admin;
const witness = await witnessOf(server.url);

/** Names of test.each are whole this way. */
function named<Case extends { readonly name: string }>(cases: readonly Case[]): [string, Case][] {
  return cases.map((one) => [one.name, one]);
}

function ask(route: Route, { by = client, ...call }: Call & { by?: Client } = {}): Promise<Answer> {
  return by(route.method, samplePath(route), { token, body: sampleBody(route), ...call });
}

describe.each(named(WITH_BODY))('a body of %s', (_name, route) => {
  test.each(['{', '', '"', 'a=b', '{"name":}', '\u0000'])('that is no JSON is refused: %j', async (raw) => {
    expect(await ask(route, { raw })).toMatchObject({ status: 400, json: { error: 'invalid request body' } });
  });

  test.each(['[]', '"text"', '1', 'null', 'true', '[{}]'])('of another shape is refused: %s', async (raw) => {
    expect(await ask(route, { raw })).toMatchObject({ status: 400, json: { error: 'invalid request body' } });
  });

  test('that is too large is refused before it has arrived', async () => {
    expect(await declare(route, BODY_LIMIT + 1)).toMatchObject({
      status: 413,
      json: { error: 'request body too large' },
    });
  });
});

/** Begins a request whose body is to have so many bytes. */
async function declare(route: Route, bytes: number): Promise<{ status: number; json: unknown }> {
  const { port } = new URL(server.url);
  const path = samplePath(route);
  const headers = { authorization: `Bearer ${token}`, 'content-length': bytes };
  const sent = request({ port, method: route.method, path, headers });
  sent.flushHeaders();
  const [response] = await once(sent, 'response');
  const json = await readJson(response);
  sent.destroy();
  const answer = { status: response.statusCode, json };
  witness(route.method, path, answer);
  return answer;
}

const PARAMETERS = ROUTES.flatMap((route) =>
  (route.operation.parameters ?? []).map((parameter) => ({
    route,
    parameter,
    name: `${parameter.in === 'path' ? '' : '?'}${parameter.name} of ${route.name}`,
  })),
);
const IDS = PARAMETERS.filter(({ parameter }) => isId(parameter));
const JUNK = ['~', ' ', 'true1', '\u0000'];
const CHOOSY = PARAMETERS.map((one) => ({
  ...one,
  junk: JUNK.filter((text) => !fits(one.parameter, text)),
})).filter(({ parameter, junk }) => parameter.in === 'query' && !isId(parameter) && junk.length > 0);

function fits({ schema }: Parameter, text: string): boolean {
  const { enum: words, pattern, format } = schema as SchemaWords;
  if (words !== undefined) return words.includes(text);
  return format === undefined && (pattern === undefined || new RegExp(pattern).test(text));
}

test.each(named(IDS))('no id is no %s', async (_name, { route, parameter }) => {
  const isPromptId = parameter.in === 'path' && route.path.includes(`/prompts/{${parameter.name}}`);
  const error = isPromptId ? 'invalid prompt id' : 'invalid id';
  for (const junk of [
    'x',
    '1',
    '-',
    'null',
    `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(13)}`,
    'ä\u0000',
  ]) {
    const path = samplePath(route, { [parameter.name]: junk });
    const answer = await client(route.method, path, { token, body: sampleBody(route) });
    expect(answer, path).toMatchObject({ status: 400, json: { error } });
  }
});

test.each(named(CHOOSY))('junk is no %s', async (_name, { route, parameter, junk }) => {
  for (const text of junk) {
    const path = samplePath(route, { [parameter.name]: text });
    const { status, json } = await client(route.method, path, { token, body: sampleBody(route) });
    expect({ path, status, json }).toEqual({
      path,
      status: 400,
      json: { error: `invalid query parameter ${parameter.name}` },
    });
  }
});

const QUERIED = PARAMETERS.filter(({ parameter }) => parameter.in === 'query');

test.each(named(QUERIED))('two at once are no %s', async (_name, { route, parameter }) => {
  const path = `${samplePath(route, { [parameter.name]: 'a' })}&${parameter.name}=b`;
  const { status } = await client(route.method, path, { token, body: sampleBody(route) });
  expect({ path, status }).toEqual({ path, status: 400 });
});

test.each(named(WITH_CREDENTIALS))('%s without good credentials is 401', async (_name, route) => {
  for (const none of [undefined, 'sess_', 'ak_', 'x', `sess_${'x'.repeat(43)}`]) {
    const answer = await client(route.method, samplePath(route), {
      token: none,
      ...(route.operation.requestBody && { raw: '{' }),
    });
    expect(answer).toMatchObject({ status: 401, json: { error: 'unauthorized' } });
  }
});

describe('without the database', () => {
  let postgres: Cuttable;
  let lame: RunningControlPlane;
  let its: Client;

  beforeAll(async () => {
    postgres = await cuttable(server.databaseUrl);
    lame = await startControlPlane({ DATABASE_URL: postgres.url }, server);
    its = await documentedClient(lame.url);
    await postgres.cut();
  });
  afterAll(() => lame.close());

  test.each(named(ROUTES))('%s says so, and when to come back', async (_name, route) => {
    const { status, headers, json } = await ask(route, { by: its });
    if (route.path === '/v1/health') return expect(status).toBe(200);
    expect({ status, json }).toMatchObject({ status: 503, json: { error: 'service unavailable' } });
    if (route.path !== '/v1/health/ready') expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});

describe('with a database that is not as it should be', () => {
  let broken: RunningControlPlane;
  let its: Client;

  beforeAll(async () => {
    broken = await startControlPlane();
    its = await documentedClient(broken.url);
    await broken.sql(`do $$ declare name text; begin
      for name in select tablename from pg_tables where schemaname = 'public' loop
        execute format('alter table %I rename to %I', name, name || '_gone');
      end loop; end $$`);
  });
  afterAll(() => broken.close());

  test.each(named(ROUTES.filter(({ path }) => !path.startsWith('/v1/health'))))(
    '%s tells no more than a request id, which the log has',
    async (_name, route) => {
      const { status, headers, json } = await ask(route, { by: its });
      expect({ status, json }).toEqual({
        status: 500,
        json: { error: 'internal error', request_id: headers.get('x-request-id') },
      });
      const told = broken
        .log()
        .split('\n')
        .filter((line) => line.includes(json.request_id));
      expect(told.some((line) => line.includes('"request failed"') && line.includes('does not exist'))).toBe(
        true,
      );
    },
  );
});

describe('where one call is the limit', () => {
  const LIMITED = ROUTES.filter(({ operation }) => operation.responses[429] !== undefined);
  const limits = CONFIG_VARIABLES.map(({ name }) => name).filter((name) => name.startsWith('PX0_LIMIT_'));
  let strict: RunningControlPlane;
  let its: Client;

  beforeAll(async () => {
    const env = Object.fromEntries(limits.map((name) => [name, '1/15m']));
    strict = await startControlPlane({ ...env, PX0_LIMITS: 'on' }, server);
    its = await documentedClient(strict.url);
  });
  afterAll(() => strict.close());

  test.each(named(LIMITED))('%s says when to come back', async (_name, route) => {
    const credentials = WITH_CREDENTIALS.includes(route) ? {} : { token: undefined };
    const call = () => ask(route, { by: its, ...credentials });
    const answers = [await call(), await call()];
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({ error: 'too many requests' });
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});
