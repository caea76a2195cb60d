import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Stoppable } from './running-parts.js';
import { StartError, systemErrorCode } from './start-error.js';

/**
 * Makes a directory if it is not there yet, and tries whether it can be written.
 *
 * @throws {StartError} if it cannot be written
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await rm(await mkdtemp(path.join(directory, 'write-test-')), { recursive: true });
  } catch (error) {
    throw new StartError(
      `The data directory ${directory} cannot be written (${systemErrorCode(error) ?? String(error)}). ` +
        'Give this user the right to write there, or set PX0_DATA_DIR to a directory that can be written.',
    );
  }
}

/**
 * Takes a data directory for this process. A lock that a killed process left behind does not count.
 *
 * @returns what gives it back when it is stopped
 * @throws {StartError} if another px0 runs on it
 */
export async function lockDirectory(directory: string): Promise<Stoppable> {
  const file = path.join(directory, 'launcher.pid');
  for (;;) {
    try {
      await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
      return { stop: () => rm(file, { force: true }) };
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
    if (await isLauncher(holder)) {
      throw new StartError(
        `Another px0 (process ${holder}) runs on ${directory}. Stop it first, or set PX0_DATA_DIR, ` +
          'PX0_CONTROL_PORT and PX0_GATEWAY_PORT to run a second one beside it.',
      );
    }
    await rm(file, { force: true });
  }
}

async function isLauncher(pid: number): Promise<boolean> {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // After a reboot the number may be a stranger's.
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('node');
  } catch {
    return process.platform !== 'linux';
  }
}
