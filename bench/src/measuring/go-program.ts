import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** A program in Go, built for one run of a bench. */
export interface GoProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Builds a program with the Go that is installed.
 *
 * @param directory of its sources and its go.mod
 * @returns nothing if no Go is installed
 * @throws {Error} if the Go that is installed cannot build it, as when its modules cannot be had
 */
export async function buildGoProgram(directory: string): Promise<GoProgram | undefined> {
  const target = await mkdtemp(path.join(tmpdir(), 'px0-bench-'));
  const remove = () => rm(target, { recursive: true, force: true });
  const file = path.join(target, 'program');
  try {
    await promisify(execFile)('go', ['build', '-o', file, '.'], {
      cwd: directory,
      env: { ...process.env, GOTOOLCHAIN: 'local' }, // downloads no other Go
    });
    return { file, remove };
  } catch (error) {
    await remove();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
