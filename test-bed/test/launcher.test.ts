import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, type Program, startProgram, until, untilReady } from '@px0/test-bed';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let directory: string;
let env: Record<string, string>;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'px0-launcher-'));
  env = {
    PX0_DATA_DIR: path.join(directory, 'data'),
    PX0_CONTROL_PORT: String(await findFreePort()),
    PX0_GATEWAY_PORT: String(await findFreePort()),
    PX0_GATEWAY_THREADS: '1',
  };
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** It ends with status 1 and says one sentence, without a stack trace. */
async function refuses(px0: Program, ...words: string[]): Promise<void> {
  expect(await px0.ended()).toBe(1);
  for (const word of words) expect(px0.errors()).toContain(word);
  expect(px0.errors()).not.toMatch(/^\s+at /m);
}

async function ready(px0: Program): Promise<void> {
  await untilReady(px0, `http://127.0.0.1:${env.PX0_GATEWAY_PORT}`);
  await until('it says that it is ready', async () => px0.output().includes('px0 is ready') || undefined);
}

describe('npm start', () => {
  test.each(['PX0_CONTROL_PORT', 'PX0_GATEWAY_PORT'])(
    'says which variable moves a port in use: %s',
    async (variable) => {
      const other = createServer().listen(Number(env[variable]));
      await once(other, 'listening');
      await refuses(startProgram('launcher', env), `Port ${env[variable]} is in use`, variable);
      other.close();
    },
  );

  test('says what to do about a data directory that cannot be written', async () => {
    // A file stands where the directory should be: not even root can write into that.
    await writeFile(path.join(directory, 'data'), '');
    await refuses(startProgram('launcher', env), 'cannot be written', 'PX0_DATA_DIR');
  });

  test('says what to do about a half-written database', async () => {
    await mkdir(path.join(directory, 'data/postgres/data/global'), { recursive: true });
    await writeFile(path.join(directory, 'data/postgres/data/PG_VERSION'), '18\n');
    await refuses(startProgram('launcher', env), 'is incomplete', 'start again');
  });

  test('stops, with what to do, when its Postgres dies or its data are damaged', async () => {
    const px0 = startProgram('launcher', env);
    await ready(px0);
    const pid = Number.parseInt(
      await readFile(path.join(directory, 'data/postgres/data/postmaster.pid'), 'utf8'),
      10,
    );
    process.kill(pid, 'SIGKILL');
    await refuses(px0, 'embedded Postgres ended', 'Start it again');

    await writeFile(path.join(directory, 'data/postgres/data/global/pg_control'), '');
    await refuses(startProgram('launcher', env), 'cannot start', 'move it away', 'pg_control');
  });

  test.each([0, 300, 600, 900, 1_200])('stops cleanly when told so %i ms into its start', async (delay) => {
    const px0 = startProgram('launcher', env);
    await sleep(delay);
    const status = await px0.stop('SIGINT');
    // Before its first line runs, a signal ends it as it ends any program.
    expect(status).toBe(px0.output().includes('Stopping') ? 0 : null);
    expect(px0.errors()).toBe('');
    const pid = await readFile(path.join(directory, 'data/postgres/data/postmaster.pid'), 'utf8').catch(
      () => 'none',
    );
    expect(pid).toBe('none');
  });

  test('starts anew after a crash while the database was being made', async () => {
    await mkdir(path.join(directory, 'data/postgres/data.unfinished/base'), { recursive: true });
    const px0 = startProgram('launcher', env);
    await ready(px0);
    expect(await px0.stop()).toBe(0);
  });

  test.each([
    ['PX0_CONTROL_PORT', 'eighty'],
    ['PX0_GATEWAY_PORT', '70000'],
    ['PX0_GATEWAY_THREADS', '-1'],
    ['SESSION_DURATION_HOURS', 'a day'],
  ])('refuses junk by the name of its variable: %s=%s', async (variable, value) => {
    await refuses(startProgram('launcher', { ...env, [variable]: value }), variable);
  });

  test('refuses a second px0 on the same data, and starts after the first was killed', async () => {
    const first = startProgram('launcher', env);
    await ready(first);
    const beside = {
      ...env,
      PX0_CONTROL_PORT: String(await findFreePort()),
      PX0_GATEWAY_PORT: String(await findFreePort()),
    };
    await refuses(startProgram('launcher', beside), 'Another px0', 'PX0_DATA_DIR');

    await first.stop('SIGKILL');
    await until(
      'the servers of a killed launcher end by themselves',
      async () => {
        const answers = await Promise.allSettled(
          [env.PX0_CONTROL_PORT, env.PX0_GATEWAY_PORT].map((port) =>
            fetch(`http://127.0.0.1:${port}/v1/health`),
          ),
        );
        return answers.every(({ status }) => status === 'rejected') || undefined;
      },
      10_000,
    );
    const second = startProgram('launcher', env);
    await ready(second);
    expect(await second.stop()).toBe(0);
  }, 60_000);
});

describe('the servers alone', () => {
  test('a gateway without a feed says which variable it lacks', async () => {
    const { PX0_GATEWAY_PORT } = env;
    await refuses(
      startProgram('gateway', { PX0_GATEWAY_PORT: PX0_GATEWAY_PORT ?? '' }),
      'REDIS_URL',
      'DATABASE_URL',
    );
  });

  test('a control plane without a database says which variable it lacks', async () => {
    await refuses(startProgram('controlPlane'), 'DATABASE_URL', 'npm start');
  });

  test('a port in use is told by either, also to a second gateway', async () => {
    const px0 = startProgram('launcher', env);
    await ready(px0);
    const database = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
    await refuses(
      startProgram('gateway', { ...env, ...database }),
      `${env.PX0_GATEWAY_PORT}`,
      'PX0_GATEWAY_PORT',
    );
    await px0.stop();
  });
});
