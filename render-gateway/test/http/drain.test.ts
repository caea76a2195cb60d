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
