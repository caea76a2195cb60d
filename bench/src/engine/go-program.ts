import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCE = fileURLToPath(new URL('../../src/engine/go/', import.meta.url));

/** Go's text/template as a program, built for one run of the bench. */
export interface GoProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Builds the program with the Go that is installed.
 *
 * @returns nothing if no Go is installed
 * @throws {Error} if the Go that is installed cannot build it
 */
export async function buildGoProgram(): Promise<GoProgram | undefined> {
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-bench-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const file = path.join(directory, 'text-template');
  try {
    await promisify(execFile)('go', ['build', '-o', file, '.'], {
      cwd: SOURCE,
      env: { ...process.env, GOTOOLCHAIN: 'local' }, // downloads no other Go
    });
    return { file, remove };
  } catch (error) {
    await remove();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
