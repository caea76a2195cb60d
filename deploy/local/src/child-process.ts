import type { ChildProcess } from 'node:child_process';

/** @returns the exit status, null for an end by a signal; rejects if the program cannot be started */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
}

/** Keeps the last of what a process says on stderr, to be asked for when it has failed. */
export function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4_000);
  });
  return () => text.trim();
}
