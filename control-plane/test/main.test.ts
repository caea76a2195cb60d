import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate } from '@px0/control-plane';
import { createTestDatabase, databaseUrl, onServer, type TestDatabase, until } from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { cuttable } from './cuttable-connection.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let clone: TestDatabase;
let url: string;

beforeAll(async () => {
  clone = await createTestDatabase();
  const name = `${new URL(clone.url).pathname.slice(1)}_own`;
  url = databaseUrl(clone.url, name);
  await onServer(clone.url, `create database ${name} template template0`);
});
afterAll(async () => {
  await onServer(clone.url, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
  await clone.drop();
});

interface Process {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  readonly ended: Promise<number | null>;
}

function start(env: Record<string, string>, stdio: 'pipe' | 'ipc' = 'pipe'): Process {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH, PX0_CONTROL_HOST: '127.0.0.1', PX0_CONTROL_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(stdio === 'ipc' ? (['ipc'] as const) : [])],
  });
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, out: () => out, err: () => err, ended };
}

async function answering(running: Process): Promise<string> {
  for (;;) {
    const port = running.out().match(/"port":(\d+)/)?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (running.child.exitCode !== null) throw new Error(running.err());
    await sleep(10);
  }
}

describe('the process', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('starts, answers, and ends with 0 on %s', async (signal) => {
    const running = start({ DATABASE_URL: url });
    const base = await answering(running);
    expect((await fetch(`${base}/v1/health/ready`)).status).toBe(200);
    running.child.kill(signal);
    expect(await running.ended).toBe(0);
    expect(running.err()).toBe('');
    for (const line of running.out().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });

  test('ends when the launcher that it belongs to is gone', async () => {
    const running = start({ DATABASE_URL: url }, 'ipc');
    await answering(running);
    const exit = once(running.child, 'exit');
    running.child.disconnect();
    expect(await exit).toEqual([0, null]);
  });

  test('runs beside another one that starts in the same moment, on an empty database', async () => {
    const name = `${new URL(clone.url).pathname.slice(1)}_empty`;
    await onServer(clone.url, `create database ${name} template template0`);
    onTestFinished(() => onServer(clone.url, `drop database ${name} with (force)`));
    const empty = { DATABASE_URL: databaseUrl(clone.url, name) };
    const both = [start(empty), start(empty)];
    const bases = await Promise.all(both.map(answering));
    for (const base of bases) expect((await fetch(`${base}/v1/health/ready`)).status).toBe(200);
    for (const { child } of both) child.kill('SIGTERM');
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
    for (const { out, err } of both) expect(out() + err()).not.toMatch(/"level":[456]0/);
  });

  test('waits for a Postgres that is not there yet, says so, and comes up with it', async () => {
    const way = await cuttable(url);
    await way.cut();
    const running = start({ DATABASE_URL: way.url });
    await until('it says so twice', async () => waiting(running)[1]);
    expect(running.child.exitCode).toBeNull();
    await way.mend();
    const base = await answering(running);
    expect((await fetch(`${base}/v1/health/ready`)).status).toBe(200);
    expect(waiting(running)[0]).toMatchObject({
      level: 40,
      reason: expect.stringContaining('ECONNREFUSED'),
      milliseconds: expect.any(Number),
    });
    expect(running.out()).toMatch(/"tries":\d+,"msg":"Postgres answers"/);
    expect(running.out()).not.toContain('postgres://');
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    await way.cut();
  });

  test('ends with 0 when it is told to stop while it waits', async () => {
    const running = start({ DATABASE_URL: 'postgres://127.0.0.1:1/px0' });
    await until('it waits', async () => waiting(running)[0]);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    expect(running.out()).toContain('stopping before Postgres has answered');
  });

  test('finishes what has begun for 10 s, then cuts it off, says so, and ends with 1', async () => {
    const running = start({ DATABASE_URL: url });
    const { port } = new URL(await answering(running));
    const caller = connect(Number(port), '127.0.0.1');
    caller.on('error', () => {});
    caller.write('POST /v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
    await once(caller, 'connect');
    await sleep(200);
    const told = Date.now();
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(1);
    expect(Date.now() - told).toBeGreaterThan(9_900);
    expect(Date.now() - told).toBeLessThan(14_000);
    expect(running.out()).toContain('"msg":"did not stop cleanly; what is open is cut off"');
  }, 30_000);
});

function waiting(running: Process): Record<string, unknown>[] {
  return running
    .out()
    .split('\n')
    .filter((line) => line.includes('waiting for Postgres'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('what keeps it from starting is one sentence and status 1', () => {
  async function failure(env: Record<string, string>): Promise<string> {
    const running = start(env);
    expect(await running.ended).toBe(1);
    expect(running.err().trimEnd().split('\n')).toHaveLength(1);
    expect(running.err()).not.toMatch(/ at .*\.js/);
    return running.err();
  }

  test('no DATABASE_URL', async () => {
    expect(await failure({})).toContain('DATABASE_URL is not set');
  });

  test('junk in a variable', async () => {
    expect(await failure({ DATABASE_URL: url, PX0_CONTROL_PORT: 'http' })).toBe(
      'PX0_CONTROL_PORT must be a whole number from 0 to 65535.\n',
    );
  });

  test('no database within the time that it may wait', async () => {
    const nowhere = 'postgres://someone:secret@127.0.0.1:1/px0';
    const sentence = await failure({ DATABASE_URL: nowhere, PX0_DATABASE_WAIT_SECONDS: '0' });
    expect(sentence).toBe(
      'No database at 127.0.0.1:1/px0: connect ECONNREFUSED 127.0.0.1:1. Start Postgres, or correct DATABASE_URL.\n',
    );
    const started = Date.now();
    expect(await failure({ DATABASE_URL: nowhere, PX0_DATABASE_WAIT_SECONDS: '1' })).toBe(sentence);
    expect(Date.now() - started).toBeGreaterThan(1_000);
  });

  test('what waiting does not mend, at once: no such database, no such user', async () => {
    const started = Date.now();
    expect(await failure({ DATABASE_URL: databaseUrl(clone.url, 'no_such_database') })).toContain(
      'database "no_such_database" does not exist',
    );
    const stranger = new URL(url);
    stranger.username = 'no_such_user';
    expect(await failure({ DATABASE_URL: stranger.href })).toContain('"no_such_user"');
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test('a port in use', async () => {
    await migrate(url);
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    expect(await failure({ DATABASE_URL: url, PX0_CONTROL_PORT: String(port) })).toBe(
      `Port ${port} is in use. Stop what listens there, or set PX0_CONTROL_PORT to another one.\n`,
    );
    occupant.close();
  });
});
