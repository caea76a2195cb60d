import { randomUUID } from 'node:crypto';
import { createApiKey, systemClock } from '@px0/contract';
import { expect, onTestFinished, test } from 'vitest';
import type { ErrorCode } from '#errors.js';
import type { ServerOptions } from '#http/server.js';
import { LIMITS } from '#limits.js';
import { createCounters } from '#metrics/counters.js';
import { Staleness } from '#staleness/staleness.js';
import { RawConnection } from '../client.js';
import { FakeClock } from '../fake-clock.js';
import { bodyOf, chunkedRequestOf, chunkOf, requestOf, type Served, serve } from './served.js';

const TEMPLATES = {
  echo: '<{{.text}}>',
  unpublished: null,
  twofold: ['one', 'other'],
  /** Sixty thousand characters, each six bytes in JSON. */
  escaped: `{{range 600}}${'\x01'.repeat(100)}{{end}}`,
  /** More output than there may be in place. */
  long: `{{range 999}}${'x'.repeat(100)}{{end}}`,
} as const;
const AGE = 90;

type Answer = Awaited<ReturnType<RawConnection['answer']>>;
type Ask = (served: Served, connection: RawConnection) => Promise<Answer>;
type Row = readonly [ask: Ask, status: number, options?: () => Partial<ServerOptions>];

const sent = async (connection: RawConnection, bytes: string | Uint8Array) => {
  await connection.send(bytes);
  return connection.answer();
};
const render =
  (body: string, slug = 'echo'): Ask =>
  (served, connection) =>
    sent(connection, requestOf(served, slug, Buffer.from(body)));
const renamed =
  (from: string, to: string): Ask =>
  (served, connection) =>
    sent(connection, requestOf(served, 'echo', Buffer.from('{}')).toString().replace(from, to));
const batch =
  (body: unknown): Ask =>
  (served, connection) => {
    const whole = requestOf(served, 'echo', Buffer.from(JSON.stringify(body))).toString();
    return sent(connection, whole.replace('/v1/prompts/echo/render', '/v1/renders'));
  };
const inPieces =
  (length: number): Ask =>
  async (served, connection) => {
    const whole = chunkedRequestOf(served, 'echo', bodyOf('x'.repeat(length)), 10_000);
    await connection.send(whole.subarray(0, 15_000));
    return sent(connection, whole.subarray(15_000));
  };

const ROWS: Readonly<Record<ErrorCode, readonly Row[]>> = {
  unauthorized: [
    [renamed('Bearer ak_', 'Bearer ju_'), 401],
    [(served, connection) => renamed(served.key, createApiKey())(served, connection), 401],
  ],
  invalidBody: [
    [render('no JSON'), 400],
    [batch([]), 400],
  ],
  invalidVariables: [[render('{"variables": 1}'), 400]],
  invalidId: [[renamed('/render', '/render?team_id=1'), 400]],
  invalidRenders: [[batch({ renders: [] }), 400]],
  slugRequired: [[batch({ renders: [{ slug: 'echo', variables: { text: '' } }, {}] }), 200]],
  promptNotFound: [[render('{}', 'nobody'), 404]],
  noLiveVersion: [[render('{}', 'unpublished'), 404]],
  versionNotFound: [[renamed('/render', '/versions/7/render'), 404]],
  ambiguousSlug: [[render('{}', 'twofold'), 409]],
  executionFailed: [[render('{}'), 422]],
  notFound: [[renamed('/v1/', '/v2/'), 404]],
  methodNotAllowed: [[renamed('POST', 'PUT'), 405]],
  bodyTooLarge: [
    [inPieces(3_000), 413, () => ({ maxBodyBytes: 1_024 })],
    [
      async (served, connection) => {
        const piece = chunkOf(Buffer.alloc(1024 * 1024, 'x'));
        void connection.send(served.head('echo', 'Transfer-Encoding: chunked'));
        for (let length = 0; length <= LIMITS.discardedBodyBytes + 1_024; length += piece.length) {
          void connection.send(piece);
        }
        return connection.answer();
      },
      413,
      () => ({ maxBodyBytes: 1_024 }),
    ],
  ],
  requestTimeout: [
    [
      async (served, connection) => {
        await connection.send(requestOf(served, 'echo', bodyOf('never all of it')).subarray(0, -3));
        while (served.server.load.deadlines === 0) await new Promise(setImmediate);
        clock.pass(10_000);
        return connection.answer();
      },
      408,
      () => ({ clock }),
    ],
  ],
  answerTooLarge: [[batch({ renders: Array.from({ length: 47 }, () => ({ slug: 'escaped' })) }), 200]],
  internal: [
    [
      (served, connection) => {
        served.breakDown();
        return render('{}')(served, connection);
      },
      500,
    ],
  ],
  unavailable: [
    [inPieces(40_000), 503, () => ({ inFlightBytes: 10_000 })],
    [render(JSON.stringify({ variables: { text: 'x'.repeat(17_000) } })), 503, () => ({ inFlightBytes: 1 })],
    [render(JSON.stringify({ variables: { text: 'x'.repeat(70_000) } })), 503, () => ({ inFlightBytes: 1 })],
    [batch({ renders: [{ slug: 'echo' }] }), 503, () => ({ inFlightBytes: 1 })],
    [render('{}'), 503, () => ({ staleness: staleFor(100_000) })],
  ],
};
const clock = new FakeClock(1);

function staleFor(seconds: number): Staleness {
  const staleness = new Staleness(86_400, systemClock);
  staleness.tell(Date.now() - seconds * 1_000);
  return staleness;
}

const rows = Object.entries(ROWS).flatMap(([code, ways]) =>
  ways.map(([ask, status, options], way) => ({ code: code as ErrorCode, way, ask, status, options })),
);

test.each(rows)(
  'a refusal is counted once, where it is made: $code, way $way; and tells how stale it may be if it is of a render',
  async ({ code, ask, status, options }) => {
    const served = await serve(TEMPLATES, { staleness: staleFor(AGE), ...options?.() });
    onTestFinished(() => served.close());
    const connection = new RawConnection(served.port);
    const answer = await ask(served, connection);
    connection.close();
    expect(answer.status).toBe(status);
    expect(served.counters.refused).toEqual({ ...createCounters().refused, [code]: 1 });
    const isRender = code !== 'notFound' && code !== 'methodNotAllowed';
    expect(/^x-px0-stale: \d+\r?$/im.test(answer.head)).toBe(isRender);
    if (status !== 200) {
      expect(served.counters).toMatchObject({ renderedInPlace: 0, renderedInPool: 0, batches: 0 });
    }
  },
  15_000,
);

test('renders are counted where they were done, once they are answered, those of a batch as well', async () => {
  const served = await serve(TEMPLATES, {});
  onTestFinished(() => served.close());
  const connection = new RawConnection(served.port);
  const short = { slug: 'echo', variables: { text: 'short' } };
  expect(await render(JSON.stringify(short))(served, connection)).toMatchObject({ status: 200 });
  expect(await render('{}', 'long')(served, connection)).toMatchObject({ status: 200 });
  expect(served.counters).toMatchObject({ renderedInPlace: 1, renderedInPool: 1, batches: 0 });
  const many = await batch({ renders: [short, short, { slug: 'long' }, { slug: randomUUID() }] })(
    served,
    connection,
  );
  expect(many.status).toBe(200);
  connection.close();
  expect(served.counters).toMatchObject({
    renderedInPlace: 3,
    renderedInPool: 2,
    batches: 1,
    batchRenders: 4,
    refused: { ...createCounters().refused, promptNotFound: 1 },
  });
});

test('each request is a sign of life, whatever is answered', async () => {
  let beats = 0;
  const served = await serve(TEMPLATES, {
    onRequest: () => {
      beats += 1;
    },
  });
  onTestFinished(() => served.close());
  const connection = new RawConnection(served.port);
  for (const ask of [render('{}'), renamed('/v1/', '/v2/'), renamed('POST', 'PUT')]) {
    await ask(served, connection);
  }
  connection.close();
  expect(beats).toBe(3);
});
