import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { collectErrors, ended } from './child-process.js';
import type { PostgresAccount } from './postgres-account.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { StartError } from './start-error.js';

/** The superuser of every embedded cluster. */
export const USER = 'px0';

/** Makes the database cluster aside and renames it, so that a crash half-way leaves nothing that counts. */
export async function createCluster(
  binaries: PostgresBinaries,
  account: PostgresAccount,
  directory: string,
  data: string,
  passwordFile: string,
): Promise<void> {
  const unfinished = path.join(directory, 'data.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await account.own(passwordFile);
  const { file, args } = account.command(binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Case of all letters, the same on every machine; the sort order stays that of the bytes.
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--no-instructions',
  ]);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  const errors = collectErrors(child);
  const code = await ended(child);
  if (code !== 0) {
    throw new StartError(
      `Postgres could not make its database under ${directory} (initdb ended with ${code}): ${errors()}`,
    );
  }
  await rename(unfinished, data);
}

/** @returns what to do about a database that cannot be used, as the end of a sentence */
export function howToReplace(data: string): string {
  const directory = path.dirname(data);
  return `restore it from a backup, or move it away (mv ${directory} ${directory}.broken) and start again with an empty one`;
}

/** What every complete cluster has; a server started without them would fail with words for experts. */
export async function refuseIncomplete(data: string): Promise<void> {
  for (const file of ['PG_VERSION', 'global/pg_control', 'postgresql.conf', '../password']) {
    if (await exists(path.join(data, file))) continue;
    throw new StartError(
      `The database under ${data} is incomplete (${path.basename(file)} is missing), as a crash or an ` +
        `interrupted copy leaves it: ${howToReplace(data)}.`,
    );
  }
}

export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
