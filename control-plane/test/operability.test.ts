import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '#http/app.js';
import { createLog } from '#log.js';
import { newKey, newPrompt } from './cast.js';
import { startWithAdmin } from './control-plane-of-file.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

const CONSOLE = 'https://console.example.com';

const { server, client, admin } = await startWithAdmin({
  PX0_CORS_ORIGINS: `${CONSOLE},http://localhost:3000`,
  PX0_TRUST_PROXY: '127.0.0.0/8',
});

describe('pages of other origins', () => {
  const ask = (origin: string, path = '/v1/prompts') =>
    fetch(server.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });

  test.each([CONSOLE, 'http://localhost:3000'])('may call if they are named: %s', async (origin) => {
    const asked = await ask(origin, '/v1/prompts/some-id');
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '600',
    });
    // Tokens are sent by the page, never by the browser of itself.
    expect(asked.headers.has('access-control-allow-credentials')).toBe(false);
    for (const token of [admin.token, 'sess_dead']) {
      const answer = await client('GET', '/v1/auth/me', { token, headers: { origin } });
      expect(answer.status).toBe(token === admin.token ? 200 : 401);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toBe('x-request-id, retry-after');
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  test('may not otherwise', async () => {
    for (const origin of ['https://elsewhere.example.com', `${CONSOLE}.example.org`, 'null']) {
      expect((await ask(origin)).headers.has('access-control-allow-origin')).toBe(false);
      const answer = await client('GET', '/v1/auth/me', { token: admin.token, headers: { origin } });
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  test('may not where none is named', async () => {
    const closed = await startControlPlane({}, server);
    onTestFinished(() => closed.close());
    const asked = await fetch(`${closed.url}/v1/prompts`, {
      method: 'OPTIONS',
      headers: { origin: CONSOLE },
    });
    expect([asked.status, await asked.json()]).toEqual([404, { error: 'not found' }]);
    expect(asked.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('the pages of the API', () => {
  test('are there, and load what they need under their own policy, over plain http', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect(policy).toMatch(/script-src 'self' *;/);
    expect(policy).not.toContain('swagger.io');
    const html = await page.text();
    // No inline script: the policy would not let it run.
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    const parts = [...html.matchAll(/\b(?:src|href)="([^"#]+)"/g)].map(([, part = '']) => part);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      const url = new URL(part, `${server.url}/docs`);
      expect(url.origin).toBe(server.url);
      const asset = await fetch(url);
      expect([part, asset.status]).toEqual([part, 200]);
      if (part.endsWith('.js')) expect(asset.headers.get('content-type')).toContain('javascript');
      if (part.endsWith('.css')) expect(asset.headers.get('content-type')).toContain('css');
      await asset.body?.cancel();
    }
    const shown = await (await fetch(`${server.url}/docs/json`)).json();
    expect(shown).toEqual(await (await fetch(`${server.url}/openapi.json`)).json());
  });

  test('are no part of the API', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths).filter((path) => !path.startsWith('/v1/'))).toEqual([]);
    const gone = await fetch(`${server.url}/docs/static/none.js`);
    expect([gone.status, await gone.json()]).toEqual([404, { error: 'not found' }]);
  });

  test('and every answer restrain browsers', async () => {
    const { headers } = await client('GET', '/v1/health');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('strict-transport-security')).toContain('max-age=');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.has('x-powered-by')).toBe(false);
  });
});

describe('who calls', () => {
  const ipOfNewKey = async (at: RunningControlPlane, forwarded: string) => {
    const { json } = await client('POST', '/v1/api-keys', {
      token: admin.token,
      body: { name: 'a key', org_id: admin.orgId },
      headers: { 'x-forwarded-for': forwarded },
    });
    const [row] = await at.sql<{ ip: string }>('select ip from audit_log where target_id = $1', [json.id]);
    return row?.ip;
  };

  test('is who a proxy says, if that is trusted, whatever it says', async () => {
    expect(await ipOfNewKey(server, '203.0.113.9')).toBe('203.0.113.9');
    // What a caller makes up stands before what the proxy adds.
    expect(await ipOfNewKey(server, '198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(await ipOfNewKey(server, '2001:db8::1')).toBe('2001:db8::1');
    expect(await ipOfNewKey(server, `unknown${'x'.repeat(100)}`)).toHaveLength(64);
  });

  test('is who connects, if no proxy is trusted', async () => {
    const plain = await startControlPlane({}, server);
    onTestFinished(() => plain.close());
    const response = await fetch(`${plain.url}/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}`, 'x-forwarded-for': '203.0.113.9' },
      body: JSON.stringify({ name: 'a key', org_id: admin.orgId }),
    });
    const { id } = (await response.json()) as { id: string };
    const rows = await server.sql('select ip from audit_log where target_id = $1', [id]);
    expect(rows).toEqual([{ ip: '127.0.0.1' }]);
  });
});

describe('bodies', () => {
  const KIB = 1024;
  const cases: [limit: number, method: string, path: (prompt: { id: string; slug: string }) => string][] = [
    [16 * KIB, 'POST', () => '/v1/auth/register'],
    [16 * KIB, 'POST', () => '/v1/auth/login'],
    [16 * KIB, 'POST', () => '/v1/auth/verify-email'],
    [64 * KIB, 'POST', () => '/v1/api-keys'],
    [2 * KIB * KIB, 'POST', () => `/v1/teams/${admin.teamId}/prompts`],
    [2 * KIB * KIB, 'POST', ({ id }) => `/v1/prompts/${id}/versions`],
    [KIB * KIB, 'POST', ({ slug }) => `/v1/prompts/${slug}/render`],
    [KIB * KIB, 'POST', () => '/v1/renders'],
  ];

  test.each(cases)('of %i bytes and no more are read by %s %s', async (limit, method, path) => {
    const at = path(await newPrompt(client, admin));
    const padded = (size: number) => `{}${' '.repeat(size - 2)}`;
    const most = await client(method, at, { token: admin.token, raw: padded(limit) });
    expect(most.status).not.toBe(413);
    const more = await client(method, at, { token: admin.token, raw: padded(limit + 1) });
    expect(more).toMatchObject({ status: 413, json: { error: 'request body too large' } });
  });

  test('of 1,000 teams are no too large ones', async () => {
    const answer = await client('POST', '/v1/api-keys', {
      token: admin.token,
      body: {
        name: 'x',
        org_id: admin.orgId,
        team_ids: Array.from({ length: 1_000 }, () => crypto.randomUUID()),
      },
    });
    expect(answer).toMatchObject({ status: 404, json: { error: 'team not found' } });
  });
});

describe('callers who take their time', () => {
  const timeouts = { headers: 300, request: 600, look: 50, answer: 900, silence: 5_000, idle: 5_000 };

  async function slowServer(): Promise<number> {
    const nobody = { findSession: async () => undefined, findApiKey: async () => undefined };
    const log = createLog('silent');
    const app = await createApp(nobody, log, { trustProxy: [], corsOrigins: [], timeouts });
    app.get('/slow', { config: { action: 'health.read' } }, async () => {
      await sleep(1_500);
      return {};
    });
    app.post('/quick', { config: { action: 'health.read' } }, async () => ({}));
    await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    return (app.server.address() as AddressInfo).port;
  }

  async function answerTo(sent: string): Promise<string> {
    const socket = connect(await slowServer(), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.write(sent);
    await once(socket, 'close');
    return received;
  }

  test.each([
    ['the headers', 'GET /slow HTTP/1.1\r\nhost: x\r\n'],
    ['the body', 'POST /quick HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{'],
  ])('with %s are told so, and hung up on', async (_what, sent) => {
    const started = Date.now();
    const answer = await answerTo(sent);
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(answer).toMatch(/\r\n\r\n\{"error":"request timeout"\}$/);
  });

  test.each([
    ['no HTTP at all', 'HELLO\r\n\r\n', 400, 'bad request'],
    [
      'endless headers',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'request header fields too large',
    ],
  ])('are not the only ones: %s', async (_what, sent, status, error) => {
    const answer = await answerTo(sent);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain(JSON.stringify({ error }));
  });

  test('do not wait for ever themselves: 503 when an answer takes too long', async () => {
    const response = await fetch(`http://127.0.0.1:${await slowServer()}/slow`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toEqual({ error: 'service unavailable' });
  });
});

describe('the log', () => {
  test('leaves out what is secret, wherever it stands', () => {
    let logged = '';
    const log = createLog('info', {
      write: (line: string) => {
        logged += line;
      },
    });
    const secrets = {
      authorization: 'secret-1',
      'x-api-key': 'secret-2',
      cookie: 'secret-3',
      password: 'secret-4',
      current_password: 'secret-5',
      new_password: 'secret-6',
      code: 'secret-7',
      token: 'secret-8',
      key: 'secret-9',
      databaseUrl: 'secret-10',
      smtpUrl: 'secret-11',
      redisUrl: 'secret-12',
    };
    log.info(secrets, 'at the top');
    log.info({ body: secrets }, 'inside');
    log.info({ request: { headers: secrets } }, 'further inside');
    log.error(
      { err: Object.assign(new Error('broken'), secrets, { detail: 'secret-13' }) },
      'hung to an error',
    );
    expect(logged.trim().split('\n')).toHaveLength(4);
    // The reason of an error is its code, which is none of a person.
    expect(logged.replace('"reason":"secret-7"', '')).not.toContain('secret-');
  });

  test('knows each request by its path and id, and nothing that a caller asked or sent', async () => {
    const key = await newKey(client, admin, 'read_render');
    const { headers } = await client('GET', '/v1/prompts?team_id=&cursor=c2VjcmV0LWN1cnNvcg', { token: key });
    await client('POST', '/v1/auth/login', { body: { email: admin.email, password: 'Secret-Horse-7' } });
    const id = headers.get('x-request-id') ?? 'none';
    const line =
      server
        .log()
        .split('\n')
        .find((entry) => entry.includes(id)) ?? '';
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', path: '/v1/prompts', reqId: id });
    for (const secret of [key, admin.token, 'c2VjcmV0', 'Secret-Horse-7']) {
      expect(server.log()).not.toContain(secret);
    }
  });
});
