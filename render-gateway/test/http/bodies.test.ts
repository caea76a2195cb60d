import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RawConnection } from '../client.js';
import { FakeClock } from '../fake-clock.js';
import { bodyOf, chunkedRequestOf, chunkOf, requestOf, type Served, serve } from './served.js';

const ECHO = { echo: '<{{.text}}>' };
const MIB = 1024 * 1024;

async function onConnection(
  served: Served,
  use: (connection: RawConnection) => Promise<void>,
): Promise<void> {
  const connection = new RawConnection(served.port);
  try {
    await use(connection);
  } finally {
    connection.close();
  }
}

async function serveHere(...given: Parameters<typeof serve>): Promise<Served> {
  const served = await serve(...given);
  onTestFinished(() => served.close());
  return served;
}

async function expectServed(served: Served): Promise<void> {
  await onConnection(served, async (connection) => {
    await connection.send(requestOf(served, 'echo', bodyOf('others')));
    expect(await connection.answer()).toMatchObject({ status: 200, json: { rendered: '<others>' } });
  });
}

describe('a request that breaks off', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(ECHO);
  });
  afterAll(() => served.close());

  test.each([
    ['of a length', () => requestOf(served, 'echo', bodyOf('half'))],
    ['chunked', () => chunkedRequestOf(served, 'echo', bodyOf('half'))],
  ])('after any of its bytes leaves nothing behind, %s', async (_how, make) => {
    const whole = make();
    const abort = async (length: number) => {
      const connection = new RawConnection(served.port);
      await connection.send(whole.subarray(0, length));
      connection.close();
    };
    for (let length = 1; length <= whole.length; length += 1) await abort(length);
    await served.atRest();
    await expectServed(served);
  });

  test('in the middle of a large body gives back what was gathered', async () => {
    const whole = requestOf(served, 'echo', bodyOf('x'.repeat(900_000)));
    for (const length of [300, 5_000, 70_000, 300_000, 899_999]) {
      const connection = new RawConnection(served.port);
      await connection.send(whole.subarray(0, length));
      if (length > 70_000) while (served.server.load.bytes === 0) await new Promise(setImmediate);
      connection.close();
      await served.atRest();
    }
    await expectServed(served);
  });

  test('may break off between two pieces, and a whole one in pieces is answered', () =>
    onConnection(served, async (connection) => {
      const whole = chunkedRequestOf(served, 'echo', bodyOf('Zoë 🦊'), 1);
      const headEnd = whole.indexOf('\r\n\r\n');
      await connection.send(whole.subarray(0, headEnd));
      for (const byte of whole.subarray(headEnd)) await connection.send(Uint8Array.of(byte));
      expect(await connection.answer()).toMatchObject({ status: 200, json: { rendered: '<Zoë 🦊>' } });
      await served.atRest();
    }));
});

test('the longest body is configurable, whether it is chunked or not, and however it arrives', async () => {
  const served = await serveHere(ECHO, { maxBodyBytes: 2_000 });
  const fits = bodyOf('x'.repeat(2_000 - bodyOf('').length));
  const over = bodyOf('x'.repeat(2_001 - bodyOf('').length));
  await onConnection(served, async (connection) => {
    for (const [body, status] of [
      [fits, 200],
      [over, 413],
    ] as const) {
      for (const whole of [requestOf(served, 'echo', body), chunkedRequestOf(served, 'echo', body, 100)]) {
        await connection.send(whole);
        expect((await connection.answer()).status).toBe(status);
        await connection.send(whole.subarray(0, 1_500));
        await connection.send(whole.subarray(1_500));
        expect((await connection.answer()).status).toBe(status);
      }
    }
  });
  await served.atRest();
});

describe('a body that stalls', () => {
  test.each([
    ['of a length', (served: Served) => requestOf(served, 'echo', bodyOf('never all of it')).subarray(0, -3)],
    [
      'chunked',
      (served: Served) => chunkedRequestOf(served, 'echo', bodyOf('never all of it')).subarray(0, -7),
    ],
    ['of which nothing came', (served: Served) => Buffer.from(served.head('echo', 'Content-Length: 30'))],
  ])('is answered 408 at its deadline, and cut off, %s', async (_how, make) => {
    const served = await serveHere(ECHO, { requestTimeout: 300 });
    await onConnection(served, async (connection) => {
      await connection.send(make(served));
      const { status, json, head } = await connection.answer();
      expect([status, json]).toEqual([408, { error: 'request timeout' }]);
      expect(head.toLowerCase()).toContain('connection: close');
      await connection.closed;
    });
    await served.atRest();
    await expectServed(served);
  });

  test('is not saved by a byte now and then', async () => {
    const served = await serveHere(ECHO, { requestTimeout: 400 });
    await onConnection(served, async (connection) => {
      await connection.send(served.head('echo', 'Content-Length: 100000'));
      const drip = setInterval(() => void connection.send('x'), 20);
      expect((await connection.answer()).status).toBe(408);
      clearInterval(drip);
      await connection.closed;
    });
    await served.atRest();
  });

  test('that is too long is cut off at the deadline as well', async () => {
    const served = await serveHere(ECHO, { requestTimeout: 300, maxBodyBytes: 1_024 });
    await onConnection(served, async (connection) => {
      await connection.send(served.head('echo', 'Content-Length: 5000'));
      await connection.send(Buffer.alloc(2_000, 'x'));
      expect((await connection.answer()).status).toBe(408);
    });
    await served.atRest();
  });

  test('costs those that do not stall nothing: no deadline is set for a body in one piece', async () => {
    const served = await serveHere(ECHO);
    await onConnection(served, async (connection) => {
      for (let request = 0; request < 10; request += 1) {
        await connection.send(requestOf(served, 'echo', bodyOf('whole')));
        await connection.answer();
        expect(served.server.load).toEqual({ open: 0, bytes: 0, deadlines: 0 });
      }
    });
  });
});

test('beyond the bound of memory bodies in pieces are 503, those in one piece are served, and all is given back', async () => {
  const served = await serveHere(ECHO, { inFlightBytes: 3 * MIB });
  const body = bodyOf('x'.repeat(700_000));
  const hoarders = Array.from({ length: 3 }, () => new RawConnection(served.port));
  for (const hoarder of hoarders) {
    await hoarder.send(requestOf(served, 'echo', body).subarray(0, 690_000));
  }
  while (served.server.load.bytes < 2 * MIB) await new Promise(setImmediate);
  expect(served.server.load.bytes).toBeLessThanOrEqual(3 * MIB);
  await onConnection(served, async (connection) => {
    const late = chunkedRequestOf(served, 'echo', body, 100_000);
    await connection.send(late);
    const { status, json, head } = await connection.answer();
    expect([status, json]).toEqual([503, { error: 'service unavailable' }]);
    expect(head).toMatch(/retry-after: 1/i);
    await connection.send(requestOf(served, 'echo', bodyOf('small')));
    expect(await connection.answer()).toMatchObject({ status: 200 });
  });
  for (const hoarder of hoarders) hoarder.close();
  await served.atRest();
});

test('the deadline is of the body alone: what waits for the pool is answered when it is done', async () => {
  const clock = new FakeClock(1);
  const served = await serveHere(
    { slow: '{{range .list}}{{range $.list}}{{range $.list}}.{{end}}{{end}}{{end}}' },
    { clock },
  );
  const list = Array.from({ length: 50 }, (_, index) => index);
  const body = Buffer.from(JSON.stringify({ variables: { list } }));
  await onConnection(served, async (connection) => {
    const whole = Buffer.concat([
      Buffer.from(served.head('slow', 'Transfer-Encoding: chunked')),
      chunkOf(body),
      Buffer.from('0\r\n\r\n'),
    ]);
    await connection.send(whole.subarray(0, -3));
    while (served.server.load.deadlines === 0) await new Promise(setImmediate);
    await connection.send(whole.subarray(-3));
    while (served.server.load.deadlines > 0) await new Promise(setImmediate);
    expect(served.server.load.open).toBe(1);
    clock.pass(60_000);
    const { status, json } = await connection.answer();
    expect([status, (json as { rendered?: string }).rendered?.length]).toEqual([200, 125_000]);
  });
  await served.atRest();
});
