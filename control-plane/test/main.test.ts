import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { migrate } from '@px0/control-plane';
import { createTestDatabase, databaseUrl, onServer, type TestDatabase } from '@px0/test-bed';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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

  test('runs beside another one on the same database', async () => {
    const both = [start({ DATABASE_URL: url }), start({ DATABASE_URL: url })];
    const bases = await Promise.all(both.map(answering));
    for (const base of bases) expect((await fetch(`${base}/v1/health/ready`)).status).toBe(200);
    for (const { child } of both) child.kill('SIGTERM');
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
  });
});

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

  test('no database, or none of that name', async () => {
    expect(await failure({ DATABASE_URL: 'postgres://127.0.0.1:1/px0' })).toContain('ECONNREFUSED');
    expect(await failure({ DATABASE_URL: databaseUrl(clone.url, 'no_such_database') })).toContain(
      'database "no_such_database" does not exist',
    );
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
