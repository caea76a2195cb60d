import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCounters } from '#metrics/counters.js';
import { RawConnection } from '../client.js';
import { bodyOf, requestOf, type Served, serve } from './served.js';

const ECHO = { echo: '<{{.text}}>', 'a b': 'spaced' };
const RENDER = '/v1/prompts/echo/render';
const PAGE = 'https://console.example.com';

let served: Served;
beforeAll(async () => {
  served = await serve(ECHO);
});
afterAll(() => served.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function ask(
  method: string,
  path: string,
  {
    headers = {},
    body = '',
    to = served,
  }: { headers?: Record<string, string>; body?: string; to?: Served } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: to.port, method, path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    request.on('error', reject).end(body);
  });
}

const withKey = (headers: Record<string, string> = {}) => ({
  authorization: `Bearer ${served.key}`,
  ...headers,
});
const render = (headers: Record<string, string> = {}) =>
  ask('POST', RENDER, { headers: withKey(headers), body: bodyOf('x').toString() });

describe('methods', () => {
  test.each([
    ['GET', RENDER, 405, 'POST, OPTIONS'],
    ['PUT', RENDER, 405, 'POST, OPTIONS'],
    ['DELETE', '/v1/prompts/echo/versions/1/render', 405, 'POST, OPTIONS'],
    ['GET', '/v1/renders', 405, 'POST, OPTIONS'],
    ['PATCH', RENDER, 405, 'POST, OPTIONS'],
    ['POST', '/v1/health', 405, 'GET, HEAD, OPTIONS'],
    ['TRACE', '/v1/health/ready', 405, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', RENDER, 204, 'POST, OPTIONS'],
    ['OPTIONS', '/v1/health', 204, 'GET, HEAD, OPTIONS'],
    ['GET', '/v1/nothing', 404, undefined],
    ['OPTIONS', '/v1/nothing', 404, undefined],
    ['POST', '/', 404, undefined],
  ])('%s %s is %i, with Allow: %s', async (method, path, status, allow) => {
    const reply = await ask(method, path);
    expect([reply.status, reply.headers.allow]).toEqual([status, allow]);
    const words = { 404: 'not found', 405: 'method not allowed' }[status as number];
    expect(reply.text).toBe(words === undefined ? '' : JSON.stringify({ error: words }));
    if (status === 204) expect(reply.headers['content-length']).toBeUndefined();
  });

  test.each([
    ['/v1/health', 200],
    ['/v1/health/ready', 200],
    ['/v1/nothing', 404],
    [RENDER, 405],
  ])('HEAD %s is %i, as long as the answer to GET, and without a body', async (path, status) => {
    const head = await ask('HEAD', path);
    const get = await ask('GET', path);
    expect([head.status, head.headers['content-length']]).toEqual([
      status,
      String(Buffer.byteLength(get.text)),
    ]);
    // What came after the head would be taken for the next answer.
    const next = 'GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const received = await raw(`HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\n${next}`);
    expect(received.match(/\r\n\r\n/g)).toHaveLength(2);
    expect(received).toMatch(/^[^{]*\{"status":"OK"\}$/);
  });
});

/** What comes back for bytes, until the connection is closed. */
async function raw(text: string): Promise<string> {
  const socket = connect(served.port, '127.0.0.1');
  let received = '';
  socket.on('error', () => {}); // cut off
  socket.setEncoding('latin1').on('data', (part: string) => {
    received += part;
  });
  socket.write(text, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return received;
}

describe('the id of a request', () => {
  test('is made for each that has none, and is never the same', async () => {
    const ids = new Set<unknown>();
    for (const path of ['/v1/health', '/v1/health/ready', '/v1/nothing', RENDER]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) {
        const { headers } = await ask(method, path, { headers: withKey(), body: '' });
        expect(headers['x-request-id']).toMatch(/^[\w-]{14,40}$/);
        ids.add(headers['x-request-id']);
      }
    }
    expect(ids.size).toBe(16);
  });

  test.each([
    '1',
    'a'.repeat(128),
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    'Root=1-67891233-abcdef012345678912345678',
    'a.b:c/d+e=f@g~h,i;j|k#l',
  ])('is passed through: %s', async (id) => {
    expect((await render({ 'x-request-id': id })).headers['x-request-id']).toBe(id);
  });

  test.each(['', ' ', 'a b', 'a'.repeat(129), '<script>', '"', "'", 'a\\nb', '$(id)', '%0d%0a', 'é', '{}'])(
    'is made anew where what came is not harmless: %j',
    async (id) => {
      const reply = await render({ 'x-request-id': id });
      expect(reply.status).toBe(200);
      expect(reply.headers['x-request-id']).toMatch(/^[\w-]{14,40}$/);
    },
  );

  test('is the one that an unexpected failure is logged under', async () => {
    const broken = await serve(ECHO);
    onTestFinished(() => broken.close());
    broken.breakDown();
    const headers = { authorization: `Bearer ${broken.key}`, 'x-request-id': 'from-far-away' };
    const reply = await ask('POST', RENDER, { headers, body: bodyOf('x').toString(), to: broken });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      500,
      { error: 'internal error', request_id: 'from-far-away' },
    ]);
    expect(reply.headers['x-request-id']).toBe('from-far-away');
    expect(broken.failures).toEqual([{ requestId: 'from-far-away', error: expect.any(Error) as unknown }]);
  });
});

describe('an exception where none should be', () => {
  test('is answered 500, and logged, and ends nothing', async () => {
    const broken = await serve(ECHO, {
      readiness: () => {
        throw new Error('broken');
      },
    });
    onTestFinished(() => broken.close());
    for (let count = 1; count < 3; count++) {
      expect((await ask('GET', '/v1/health/ready', { to: broken })).status).toBe(500);
      expect(broken.failures).toHaveLength(count);
    }
    expect((await ask('GET', '/v1/health', { to: broken })).status).toBe(200);
  });

  test('is logged when the answer is on its way already', async () => {
    const counters = Object.defineProperty(createCounters(), 'renderedInPlace', {
      get: () => 0,
      set: () => {
        throw new Error('broken');
      },
    });
    const broken = await serve(ECHO, { counters });
    onTestFinished(() => broken.close());
    const headers = { authorization: `Bearer ${broken.key}` };
    for (let count = 1; count < 4; count++) {
      const reply = await ask('POST', RENDER, { headers, body: bodyOf('x').toString(), to: broken });
      expect([reply.status, broken.failures.length]).toEqual([200, count]);
    }
  });
});

describe('pages of other origins', () => {
  let open: Served;
  beforeAll(async () => {
    open = await serve(ECHO, { corsOrigins: [PAGE, 'http://localhost:5173'] });
  });
  afterAll(() => open.close());

  const ofCors = ({ headers }: Reply) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => /^(access-control-|vary)/.test(name)));

  test('hear nothing of it where none is configured', async () => {
    const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
    expect(ofCors(await ask('OPTIONS', RENDER, { headers }))).toEqual({});
    expect(ofCors(await render({ origin: PAGE }))).toEqual({});
  });

  test('may ask beforehand, and call, if they are configured', async () => {
    const origin = 'http://localhost:5173';
    const headers = { origin, 'access-control-request-method': 'POST' };
    const beforehand = await ask('OPTIONS', RENDER, {
      headers: { ...headers, 'access-control-request-headers': 'authorization' },
      to: open,
    });
    const allowed = {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-request-id, retry-after, x-px0-stale',
      vary: 'origin',
    };
    expect([beforehand.status, ofCors(beforehand)]).toEqual([
      204,
      {
        ...allowed,
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'authorization, content-type, x-api-key, x-request-id',
        'access-control-max-age': '600',
      },
    ]);
    for (const [method, path] of [
      ['POST', RENDER],
      ['GET', '/v1/health'],
      ['GET', '/v1/nothing'],
    ] as const) {
      expect(ofCors(await ask(method, path, { headers: { origin }, to: open }))).toEqual(allowed);
    }
  });

  test.each([
    'https://evil.example',
    'null',
    `${PAGE}.evil.example`,
    'HTTPS://CONSOLE.EXAMPLE.COM',
    '__proto__',
  ])('get no leave if they are not: %s', async (origin) => {
    const headers = { origin, 'access-control-request-method': 'POST' };
    expect(ofCors(await ask('OPTIONS', RENDER, { headers, to: open }))).toEqual({ vary: 'origin' });
    expect(ofCors(await ask('POST', RENDER, { headers: { origin }, to: open }))).toEqual({ vary: 'origin' });
  });
});

describe('headers', () => {
  const head = (...lines: string[]) => `POST ${RENDER} HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n`;

  test.each([
    ['bytes beyond ASCII', 'x-request-id: \xff\xe9'],
    ['3,000 characters', `x-request-id: ${'a'.repeat(3_000)}`],
  ])('with %s put nothing into the answer', async (_what, line) => {
    const received = await raw(head(line, 'content-length: 0', 'connection: close'));
    expect(received).toMatch(/^HTTP\/1\.1 401 /);
    expect(received).not.toMatch(/a{100}|[^\r]\n|\xff/i);
  });

  test('that are malformed get no answer at all, and the connection is closed when the time of the head is over', async () => {
    const lines = {
      'a line feed': 'x-request-id: a\nx-evil: b',
      'a carriage return': 'x-request-id: a\rx-evil: b',
      NUL: 'x-request-id: a\0b',
      'a folded line': 'x-request-id: a\r\n x-evil: b',
      'an origin with a line end': 'origin: https://x\nx-evil: b',
    };
    const received = await Promise.all(
      Object.values(lines).map((line) => raw(head(line, 'content-length: 0', 'connection: close'))),
    );
    expect(Object.keys(lines).map((what, index) => [what, received[index]])).toEqual(
      Object.keys(lines).map((what) => [what, '']),
    );
  }, 30_000);

  test.each([
    ['both of a length and chunked', ['content-length: 5', 'transfer-encoding: chunked']],
    ['chunked and of a length', ['transfer-encoding: chunked', 'content-length: 5']],
    ['of a length below nothing', ['content-length: -5']],
    ['of a length in letters', ['content-length: five']],
    ['of a length with a sign', ['content-length: +5']],
    ['of a length in hexadecimal', ['content-length: 0x5']],
    ['of a list of lengths', ['content-length: 5, 5']],
    ['of a length that no number holds', ['content-length: 18446744073709551621']],
    ['of a chunk of no size', ['transfer-encoding: chunked\r\n\r\nxyz\r\nabc']],
    ['of a chunk beyond all size', ['transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc']],
    ['of 5,000 characters of header', [`x: ${'a'.repeat(5_000)}`]],
    ['of 100 headers', Array.from({ length: 100 }, (_, index) => `x${index}: y`)],
  ])('that tell of a request %s are refused, and the connection is closed', async (_what, lines) => {
    const received = await raw(`${head(...lines)}0\r\n\r\nGET /v1/health HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1\.1 4(00|31|01) /);
    expect(received).not.toContain('"OK"');
  });

  test('that end the connection do so after the answer, with a large one too', async () => {
    expect(await raw('GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toContain('"OK"');
    const whole = requestOf(served, 'echo', bodyOf('x'.repeat(300_000)), 'Connection: close');
    expect(await raw(whole.toString('latin1'))).toMatch(/"rendered":"<x{300000}>"/);
  });

  test('that expect to be told to go on are, and a body that is too long is 413 all the same', async () => {
    const connection = new RawConnection(served.port);
    const body = Buffer.alloc(2_000_000, ' ');
    await connection.send(served.head('echo', `Content-Length: ${body.length}`, 'Expect: 100-continue'));
    await connection.continued();
    await connection.send(body);
    expect(await connection.answer()).toMatchObject({ status: 413 });
    connection.close();
  });
});

describe('targets', () => {
  test.each([
    ['/v1/prompts//render', 404],
    ['//v1/prompts/echo/render', 404],
    ['/v1/prompts/echo/render/', 404],
    ['/v1/prompts/echo/../echo/render', 404],
    ['/v1/prompts/../render', 404],
    ['/v1/prompts/%2e%2e/render', 404],
    ['/v1/prompts/echo%2frender', 404],
    ['/v1/prompts/%/render', 404],
    ['/v1/prompts/%00/render', 404],
    ['/v1/prompts/__proto__/render', 404],
    [`/v1/prompts/${'a'.repeat(2_000)}/render`, 404],
    ['/v1/prompts/a%20b/render', 200],
    ['/v1/prompts/%65cho/render', 200],
    ['/v1/prompts/echo/render?', 200],
    ['/v1/prompts/echo/render?a=b&&=&%zz', 200],
    [`/v1/prompts/echo/render?${'q'.repeat(2_000)}`, 200],
    ['/v1/prompts/echo/render?team_id=%00', 400],
  ])('%.60s is %i', async (path, status) => {
    const reply = await ask('POST', path, { headers: withKey(), body: bodyOf('x').toString() });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([status, expect.any(Object)]);
  });

  test.each(['http://gateway/v1/health', '*', 'v1/health', '/v1/hea\0lth', ''])(
    'that are no paths are refused, and the connection is closed: %j',
    async (target) => {
      expect(await raw(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 (400|404|505) /);
      expect((await ask('GET', '/v1/health')).status).toBe(200);
    },
  );
});

test('requests that are pipelined are answered in order, refusals and HEAD among them', async () => {
  const paths = [
    'GET /v1/health',
    'GET /v1/nothing',
    'HEAD /v1/health',
    `PUT ${RENDER}`,
    'OPTIONS /v1/health',
  ];
  const lines = Array.from(
    { length: 100 },
    (_, index) => `${paths[index % paths.length]} HTTP/1.1\r\nHost: x\r\nx-request-id: ${index}`,
  );
  const received = await raw(`${lines.join('\r\n\r\n')}\r\nConnection: close\r\n\r\n`);
  expect([...received.matchAll(/x-request-id: (\d+)\r\n/g)].map(([, id]) => Number(id))).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
  expect([...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))).toEqual(
    Array.from({ length: 100 }, (_, index) => [200, 404, 200, 405, 204][index % 5]),
  );
});
