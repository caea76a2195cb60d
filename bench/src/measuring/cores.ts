import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Gives all threads of a process these cores and no others; what it starts later inherits them.
 *
 * @param cores numbers as taskset knows them, from 0
 * @returns false where there is no taskset
 */
export async function pinToCores(pid: number | undefined, cores: readonly number[]): Promise<boolean> {
  try {
    await run('taskset', ['--all-tasks', '--pid', '--cpu-list', cores.join(','), String(pid)]);
    return true;
  } catch {
    return false;
  }
}
