import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * @returns the path of a redis-server, installed first where there is none and we may (root on Debian
 * or Ubuntu)
 * @throws an error that says what to install, where we may not
 */
export async function ensureRedisServer(): Promise<string> {
  const found = await which('redis-server');
  if (found !== undefined) return found;
  const mayInstall = process.getuid?.() === 0 && (await which('apt-get')) !== undefined;
  if (!mayInstall) {
    throw new Error(
      'The tests need a real Redis and found no redis-server on the PATH. Install it ' +
        '(Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis) and run them again.',
    );
  }
  process.stderr.write('Installing redis-server, which the tests need …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Package lists may be old or absent; an update that fails in part may still do.
  await run('apt-get', ['update'], { env }).catch(() => undefined);
  try {
    // Only the program: no service is started, no configuration written outside the package.
    await run('apt-get', ['install', '--yes', '--no-install-recommends', 'redis-server'], {
      env: { ...env, RUNLEVEL: '1' },
    });
  } catch (error) {
    throw new Error(`redis-server could not be installed by apt-get: ${String(error)}`);
  }
  const installed = await which('redis-server');
  if (installed === undefined) throw new Error('apt-get installed redis-server, but it is not on the PATH');
  return installed;
}

async function which(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const file = `${folder}/${program}`;
    try {
      await access(file, constants.X_OK);
      return file;
    } catch {
      // not in this folder
    }
  }
  return undefined;
}
