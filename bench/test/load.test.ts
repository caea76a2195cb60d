import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Histogram } from '#measuring/load/histogram.js';
import { startOpenLoop } from '#measuring/load/open-loop.js';
import { ResponseReader } from '#measuring/load/response-reader.js';

describe('a histogram', () => {
  test('tells quantiles to 10 microseconds, and the longest exactly', () => {
    const histogram = new Histogram();
    for (let time = 1; time <= 100; time += 1) histogram.add(time);
    expect([histogram.quantile(0.5), histogram.quantile(0.99), histogram.max]).toEqual([50.01, 99.01, 100]);
  });

  test('counts what is longer than it can tell', () => {
    const histogram = new Histogram();
    histogram.add(60_000);
    expect([histogram.total, histogram.quantile(0.5), histogram.max]).toEqual([1, 2000, 60_000]);
  });

  test('of nothing has no quantiles', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });
});

describe('a reader of responses', () => {
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
  const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\nretry-after: 1\r\n\r\nsorry';
  const WORD = 'HTTP/1.1 201 OK\r\nContent-Length: 2\r\nx: yz\r\n\r\n{}';
  const text = Buffer.from(OK + OK + REFUSAL + OK + WORD + REFUSAL + REFUSAL + OK);
  const succeeded = [true, true, false, true, true, false, false, true];

  test.each([1, 2, 7, 50, text.length])('counts them in pieces of %d bytes', (size) => {
    const seen: boolean[] = [];
    const reader = new ResponseReader((one) => seen.push(one));
    for (let at = 0; at < text.length; at += size) reader.read(text.subarray(at, at + size));
    expect(seen).toEqual(succeeded);
  });

  test('takes one without a length for a failure, and the last', () => {
    const seen: boolean[] = [];
    const reader = new ResponseReader((one) => seen.push(one));
    reader.read(Buffer.from(`${OK}HTTP/1.1 505 No\r\nConnection: close\r\n\r\n<h1>No</h1>`));
    reader.read(Buffer.from('more'));
    expect(seen).toEqual([true, false]);
  });
});

test('an open loop sends its bodies in turn, and counts the wait of requests that were due while the server stood still', async () => {
  let stands: Promise<void> | undefined;
  const lengths = new Map<string | undefined, number>();
  const server = createServer((request, response) => {
    const length = request.headers['content-length'];
    lengths.set(length, (lengths.get(length) ?? 0) + 1);
    stands ??= sleep(300);
    void stands.then(() => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const loop = await startOpenLoop([]);
  try {
    const result = await loop.run({
      url: `http://127.0.0.1:${port}/`,
      key: 'key',
      bodies: ['{}', '{"n":1}'],
      connections: 8,
      requestsPerSecond: 200,
      seconds: 0.5,
    });
    expect(result).toMatchObject({ due: 100, answered: 100, refused: 0, unanswered: 0 });
    expect(Object.fromEntries(lengths)).toEqual({ 2: 50, 7: 50 });
    expect(result.latencies.max).toBeGreaterThan(250);
    expect(result.latencies.p99).toBeGreaterThan(200);
  } finally {
    await loop.stop();
    server.close();
  }
});
