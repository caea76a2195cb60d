import { chown, stat } from 'node:fs/promises';
import path from 'node:path';
import { StartError } from './start-error.js';

// `nobody` exists on every Linux, and Postgres needs an account that has a name.
const NOBODY = 65534;

/** How to run a Postgres program: itself, or behind a program that first changes the account. */
export interface PostgresAccount {
  command(program: string, args: readonly string[]): { readonly file: string; readonly args: string[] };
  /** Makes a directory the account's own. */
  own(directory: string): Promise<void>;
}

/**
 * The account that the embedded Postgres runs under: ours, except for root, which Postgres refuses.
 * Root runs it as `nobody`. Where `nobody` cannot reach the files (a checkout below root's closed home,
 * say), it gets one of root's rights, to pass by file permissions, and no other.
 *
 * @param paths what the account must reach
 * @param owner user number that owns the database already, undefined for none or nobody in particular
 * @throws {StartError} for root on a system other than Linux
 */
export async function postgresAccount(
  paths: readonly string[],
  owner: number | undefined,
): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) {
    return { command: (file, args) => ({ file, args: [...args] }), own: () => Promise.resolve() };
  }
  if (process.platform !== 'linux') {
    throw new StartError(
      'Postgres does not run as root. Start px0 as an ordinary user, or set DATABASE_URL to a Postgres of your own.',
    );
  }
  // A database that an ordinary user began stays that user's: Postgres insists on the owner.
  const account = owner || NOBODY;
  const setpriv = [`--reuid=${account}`, `--regid=${account}`, '--clear-groups'];
  const reachable = await Promise.all(paths.map(isOpenToAll));
  if (reachable.includes(false)) {
    // no_setuid_fixup: without it access(2) asks as if the right were not there.
    setpriv.push('--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override');
  }
  return {
    command: (file, args) => ({ file: 'setpriv', args: [...setpriv, '--', file, ...args] }),
    own: (directory) => chown(directory, account, account),
  };
}

async function isOpenToAll(target: string): Promise<boolean> {
  for (let at = path.resolve(target); ; at = path.dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}
