import { until } from '@px0/test-bed';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { RawConnection } from '../client.js';
import { FakeClock } from '../fake-clock.js';
import { bodyOf, requestOf, type Served, serve, unread } from './served.js';

const TEMPLATES = { echo: '<{{.text}}>', twice: '{{.text}}{{.text}}' };
const MIB = 1024 * 1024;

async function serveHere(...[options]: [Parameters<typeof serve>[1]?]): Promise<Served> {
  const served = await serve(TEMPLATES, options);
  onTestFinished(() => served.close());
  return served;
}

/** A request whose answer is a mebibyte, nearly. */
const large = (served: Served) => requestOf(served, 'twice', bodyOf('x'.repeat(500_000)));

async function expectServed(served: Served): Promise<void> {
  const connection = new RawConnection(served.port);
  await connection.send(requestOf(served, 'echo', bodyOf('others')));
  expect(await connection.answer()).toMatchObject({ status: 200, json: { rendered: '<others>' } });
  connection.close();
}

/**
 * Has clients ask one after the other for a large answer and read none, until the system's own buffers
 * are full and answers are held.
 */
async function holdAnswers(served: Served, least: number) {
  const sockets: Awaited<ReturnType<typeof unread>>[] = [];
  while (served.server.load.bytes < least) {
    expect(sockets.length).toBeLessThan(60);
    const before = served.server.load.bytes;
    // Eight of them in a row: the system takes four mebibytes for a connection on one machine.
    const socket = await unread(served.port, large(served));
    sockets.push(socket);
    for (let more = 0; more < 8; more += 1) {
      await quiet(served);
      if (socket.destroyed || served.server.load.bytes > before) break;
      await new Promise((resolve) => socket.write(large(served), resolve));
    }
    await quiet(served);
  }
  return sockets;
}

/** Resolves once nothing is on its way but what is held. */
async function quiet(served: Served): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  const isQuiet = () => served.server.load.open === served.server.load.deadlines;
  await until('nothing on its way', async () => isQuiet() || undefined, 10_000);
}

describe('a large answer', () => {
  test('comes whole to a reader that takes its time', async () => {
    const served = await serveHere();
    const connection = new RawConnection(served.port);
    for (let request = 0; request < 3; request += 1) {
      await connection.send(large(served));
      connection.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 30));
      connection.socket.resume();
      const { status, json } = await connection.answer();
      expect([status, (json as { rendered: string }).rendered.length]).toEqual([200, 1_000_000]);
    }
    connection.close();
    await served.atRest();
  });

  test('that its reader does not take is cut off at its deadline, and what was held is given back', async () => {
    const served = await serveHere({ requestTimeout: 500 });
    const sockets = await holdAnswers(served, 1);
    await expectServed(served);
    await served.atRest();
    for (const socket of sockets) socket.destroy();
  });

  test('is 503 where too much is held already, while small ones are served; a reader that goes makes room', async () => {
    const served = await serveHere({ inFlightBytes: 2 * MIB });
    const sockets = await holdAnswers(served, 1_500_000);
    expect(served.server.load.bytes).toBeLessThanOrEqual(2 * MIB);
    const connection = new RawConnection(served.port);
    await connection.send(large(served));
    const refused = await connection.answer();
    expect([refused.status, refused.json]).toEqual([503, { error: 'service unavailable' }]);
    expect(refused.head).toMatch(/retry-after: 1/i);
    await expectServed(served);
    for (const socket of sockets) socket.destroy();
    await served.atRest();
    await connection.send(large(served));
    expect((await connection.answer()).status).toBe(200);
    connection.close();
  });
});

test('who holds memory and is slow makes room for others, once it has been slow for a while', async () => {
  const clock = new FakeClock(1);
  const served = await serveHere({ inFlightBytes: 2 * MIB, clock });
  const part = requestOf(served, 'echo', bodyOf('x'.repeat(700_000))).subarray(0, 600_000);
  const slow = new RawConnection(served.port);
  await slow.send(part);
  while (served.server.load.bytes < 600_000) await new Promise(setImmediate);
  const send = async () => {
    const connection = new RawConnection(served.port);
    const whole = requestOf(served, 'echo', bodyOf('x'.repeat(1_000_000)));
    await connection.send(whole.subarray(0, 300_000));
    await connection.send(whole.subarray(300_000));
    const { status } = await connection.answer();
    connection.close();
    return status;
  };
  clock.pass(LIMITS.slowHolder - 1);
  expect(await send()).toBe(503);
  clock.pass(1);
  expect(await send()).toBe(200);
  expect(await slow.answer()).toMatchObject({ status: 408 });
  await slow.closed;
  await served.atRest();
});

test('a client that asks and asks, and reads nothing, is cut off before much is held for it', async () => {
  const served = await serveHere();
  const request = requestOf(served, 'echo', bodyOf('x'.repeat(8_000)));
  const socket = await unread(served.port, Buffer.alloc(0));
  const cutOff = new Promise((resolve) => socket.once('close', resolve));
  const most = (32 * MIB) / 8_000;
  let sent = 0;
  // The system's own buffers take some mebibytes, and every 64th answer is looked at: by then it is over.
  while (!socket.destroyed && sent < most) {
    await Promise.race([new Promise((resolve) => socket.write(request, resolve)), cutOff]);
    sent += 1;
  }
  expect(sent).toBeLessThan(most);
  await served.atRest();
  await expectServed(served);
}, 30_000);

test('hundreds of slow senders and readers keep nobody from being answered', async () => {
  const served = await serveHere({ requestTimeout: 3_000 });
  const part = requestOf(served, 'echo', bodyOf('slow')).subarray(0, -5);
  const slow = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      unread(served.port, index % 2 === 0 ? part : requestOf(served, 'echo', bodyOf('x'.repeat(10_000)))),
    ),
  );
  const drip = setInterval(() => {
    for (const [index, socket] of slow.entries()) if (index % 2 === 0) socket.write('x');
  }, 500);
  const connection = new RawConnection(served.port);
  for (let request = 0; request < 300; request += 1) {
    await connection.send(requestOf(served, 'echo', bodyOf(`number ${request}`)));
    expect(await connection.answer()).toMatchObject({
      status: 200,
      json: { rendered: `<number ${request}>` },
    });
  }
  connection.close();
  clearInterval(drip);
  await served.atRest();
  for (const socket of slow) socket.destroy();
}, 30_000);
