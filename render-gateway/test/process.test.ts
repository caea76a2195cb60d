import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { findFreePort, startRedis, testRedis } from '@px0/test-bed';
import { expect, onTestFinished, test } from 'vitest';
import { RawConnection } from './client.js';
import { runGatewayProcess as run } from './gateway-process.js';
import { greetingFeed } from './greeting-feed.js';
import { ready } from './running-gateway.js';

/** A gateway process that is ready, and a prompt in its feed. */
async function runReady(environment: Record<string, string> = {}, { url, prefix } = testRedis()) {
  const key = await greetingFeed({ url, prefix });
  const port = await findFreePort();
  const process_ = run({
    REDIS_URL: url,
    PX0_REDIS_PREFIX: prefix,
    PX0_GATEWAY_PORT: String(port),
    ...environment,
  });
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      await ready(`http://127.0.0.1:${port}`);
      break;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return { ...process_, port, key };
}

test('without any feed it says which variables bring one, and ends with status 1', async () => {
  const { output, ended } = run({});
  expect(await ended).toBe(1);
  expect(output).toEqual({
    out: '',
    err: 'The gateway has no feed to follow: set REDIS_URL or DATABASE_URL.\n',
  });
});

test('a port in use is a sentence and status 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const { port } = holder.address() as { port: number };
  const { output, ended } = run({ REDIS_URL: 'redis://127.0.0.1:1', PX0_GATEWAY_PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output.err).toBe(
    `Port ${port} is in use: stop what listens there, or set PX0_GATEWAY_PORT to another port.\n`,
  );
});

test('a second gateway on the same port is refused, though threads share theirs', async () => {
  const { port } = await runReady();
  const second = run({ REDIS_URL: 'redis://127.0.0.1:1', PX0_GATEWAY_PORT: String(port) });
  expect(await second.ended).toBe(1);
  expect(second.output.err).toContain(`Port ${port} is in use`);
});

async function refusesConnections(port: number): Promise<void> {
  for (;;) {
    const attempt = connect(port, '127.0.0.1');
    try {
      await once(attempt, 'connect');
    } catch {
      return;
    } finally {
      attempt.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const BODY = '{"variables":{}}';
const head = (key: string, ...more: string[]) =>
  [
    'POST /v1/prompts/greeting/render HTTP/1.1',
    'Host: x',
    `X-API-Key: ${key}`,
    `Content-Length: ${BODY.length}`,
    ...more,
    '\r\n',
  ].join('\r\n');

function openConnection(port: number): RawConnection {
  const connection = new RawConnection(port);
  onTestFinished(() => connection.close());
  return connection;
}

/** @returns a connection on which all of a request but the rest of {@link BODY} has been read */
async function beginRequest(port: number, key: string): Promise<RawConnection> {
  const connection = openConnection(port);
  await connection.send(`${head(key, 'Expect: 100-continue')}{`);
  await connection.continued();
  return connection;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: what is open is finished, nothing new is taken, status 0',
  async (signal) => {
    const { child, ended, port, key, output } = await runReady();
    const open = await beginRequest(port, key);
    child.kill(signal);
    await refusesConnections(port);
    await open.send(BODY.slice(1));
    const answer = await open.answer();
    expect(answer).toMatchObject({ status: 200, json: { rendered: 'hello' } });
    expect(answer.head.toLowerCase()).toContain('connection: close');
    expect(await ended).toBe(0);
    expect(output.err).toBe('');
  },
);

test('while it drains, a connection that was idle is served once more, and told that it is the last time', async () => {
  const { child, ended, port, key } = await runReady({ PX0_IDLE_GRACE: '9000' });
  const connection = openConnection(port);
  await connection.send(head(key) + BODY);
  expect((await connection.answer()).head.toLowerCase()).not.toContain('connection: close');
  child.kill('SIGTERM');
  await refusesConnections(port);
  await connection.send(head(key) + BODY);
  const answer = await connection.answer();
  expect(answer).toMatchObject({ status: 200, json: { rendered: 'hello' } });
  expect(answer.head.toLowerCase()).toContain('connection: close');
  await connection.closed;
  expect(await ended).toBe(0);
});

test('idle connections that stay silent keep it from ending for as long as is set, and no longer', async () => {
  const { child, ended, port, key } = await runReady({ PX0_IDLE_GRACE: '1500' });
  const idle = openConnection(port);
  await idle.send(head(key) + BODY);
  await idle.answer();
  const begun = performance.now();
  child.kill('SIGTERM');
  await idle.closed;
  expect(performance.now() - begun).toBeGreaterThan(1_500);
  expect(await ended).toBe(0);
  expect(performance.now() - begun).toBeLessThan(8_000);
});

test('it ends in 10 s, though a request does not end and its store does not answer', async () => {
  const redis = await startRedis();
  onTestFinished(() => redis.stop());
  const { child, ended, port, key } = await runReady({}, { url: redis.url, prefix: 'px0' });
  const open = await beginRequest(port, key);
  redis.pause();
  const begun = performance.now();
  child.kill('SIGTERM');
  await open.closed;
  expect(performance.now() - begun).toBeGreaterThan(9_000);
  expect(await ended).toBe(0);
  // A little more than it takes, as this machine may be busy. Were stores waited for one by one, it took 20 s.
  expect(performance.now() - begun).toBeLessThan(13_000);
  redis.resume();
}, 40_000);

test('a second signal ends it at once', async () => {
  const { child, ended, port, key } = await runReady();
  await beginRequest(port, key);
  child.kill('SIGTERM');
  await refusesConnections(port);
  child.kill('SIGTERM');
  expect(await ended).toBe(null);
});

test('a gateway that shares its port does not listen before it knows its feed, and may be stopped meanwhile', async () => {
  const port = await findFreePort();
  const { child, ended, output } = run({
    REDIS_URL: 'redis://127.0.0.1:1',
    PX0_GATEWAY_PORT: String(port),
    PX0_GATEWAY_SHARE_PORT: 'on',
  });
  while (!output.out.includes('cannot follow the feed for now')) await once(child.stdout ?? child, 'data');
  await refusesConnections(port);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(output.out).not.toContain('gateway listens');
});

test('it stops when the launcher that started it is gone', async () => {
  const { child, ended } = await runReady();
  child.disconnect();
  expect(await ended).toBe(0);
});
