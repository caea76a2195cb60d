import { steadyClock } from '@px0/contract';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { RawConnection } from '../client.js';
import { FakeClock } from '../fake-clock.js';
import { bodyOf, requestOf, type Served, serve } from './served.js';

const ECHO = { echo: '<{{.text}}>' };

async function serveHere(idleGrace: number) {
  const clock = new FakeClock(1);
  const served = await serve(ECHO, { clock, idleGrace });
  onTestFinished(() => served.close());
  const connection = new RawConnection(served.port);
  onTestFinished(() => connection.close());
  return { clock, served, connection };
}

/** Drains, while time passes from look to look. @returns how long it took, by the server's clock */
async function drained(served: Served, clock: FakeClock): Promise<number> {
  const began = clock.now();
  let isDrained = false;
  void served.server.drain().then(() => {
    isDrained = true;
  });
  while (!isDrained) {
    if ((clock.next ?? Number.POSITIVE_INFINITY) <= LIMITS.drainLook) clock.pass(LIMITS.drainLook);
    await new Promise(setImmediate);
  }
  return clock.now() - began;
}

test('where nobody is connected a server drains at once', async () => {
  const { clock, served, connection } = await serveHere(6_000);
  connection.close();
  await connection.closed;
  expect(await drained(served, clock)).toBeLessThan(1_000);
});

test('an idle connection keeps it from ending for as long as is set', async () => {
  const { clock, served, connection } = await serveHere(6_000);
  await connection.send(requestOf(served, 'echo', bodyOf('x')));
  expect((await connection.answer()).status).toBe(200);
  const took = await drained(served, clock);
  expect(took).toBeGreaterThan(6_000);
  expect(took).toBeLessThanOrEqual(6_000 + 2 * LIMITS.drainLook);
  await connection.closed;
});

test('a request that does not end keeps it from ending for nine seconds, however short the grace', async () => {
  const { clock, served, connection } = await serveHere(0);
  await connection.send(requestOf(served, 'echo', bodyOf('x')).subarray(0, -3));
  while (served.server.load.open === 0) await new Promise(setImmediate);
  const took = await drained(served, clock);
  expect(took).toBeGreaterThan(LIMITS.drain);
  expect(took).toBeLessThanOrEqual(LIMITS.drain + 2 * LIMITS.drainLook);
  await connection.closed;
});

/** @returns a connection, and a batch whose answer is longer than the system's own buffers, of a few mebibytes */
async function serveLongAnswer() {
  // Sixty thousand characters a render, each six bytes in JSON.
  const served = await serve(
    { escaped: `{{range 600}}${'\x01'.repeat(100)}{{end}}` },
    { clock: steadyClock, idleGrace: 0 },
  );
  onTestFinished(() => served.close());
  const connection = new RawConnection(served.port);
  onTestFinished(() => connection.close());
  const renders = Array.from({ length: 45 }, () => ({ slug: 'escaped' }));
  const request = requestOf(served, 'escaped', Buffer.from(JSON.stringify({ renders }))).toString();
  return { served, connection, batch: request.replace('/v1/prompts/escaped/render', '/v1/renders') };
}

test('an answer that is on its way to a reader who takes his time comes whole', async () => {
  const { served, connection, batch } = await serveLongAnswer();
  await connection.send(batch);
  await new Promise((resolve) => connection.socket.once('readable', resolve));
  while (served.server.load.deadlines === 0) await new Promise(setImmediate);
  connection.socket.pause();
  const drained = served.server.drain();
  expect(served.server.drain()).toBe(drained);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(served.server.load.open).toBe(1);
  connection.socket.resume();
  const { status, json, head } = await connection.answer();
  expect([status, (json as { results: unknown[] }).results.length]).toEqual([200, 45]);
  expect(head).not.toMatch(/connection: close/i);
  await drained;
});

test('a long answer that begins while the server drains comes whole, and is the last of its connection', async () => {
  const { served, connection, batch } = await serveLongAnswer();
  connection.socket.pause();
  await connection.send(batch.slice(0, -5));
  while (served.server.load.open === 0) await new Promise(setImmediate);
  const drained = served.server.drain();
  // Longer than a port takes to be closed.
  await new Promise((resolve) => setTimeout(resolve, 2 * LIMITS.quietTurnSearch));
  await connection.send(batch.slice(-5));
  await new Promise((resolve) => setTimeout(resolve, 500));
  connection.socket.resume();
  const { status, json, head } = await connection.answer();
  expect([status, (json as { results: unknown[] }).results.length]).toEqual([200, 45]);
  expect(head).toMatch(/connection: close/i);
  connection.close();
  await drained;
});
