import { randomUUID } from 'node:crypto';
import { appendFileSync, createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { announce, announced, announcedInRun } from './environment.js';

/**
 * What the tests of a run leave for those that run after all others (`*.after.test.ts`): lines, in
 * files of a folder that lives as long as the run.
 */
export type Matter = 'answers' | 'secrets' | 'logs' | 'audit';

/** Test files run side by side in processes of their own: each writes files of its own. */
const writer = `${process.pid}-${randomUUID().slice(0, 8)}`;

/** Makes the folder. Called once a run, before its tests. @returns what removes it */
export function beginNotes(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'px0-test-run-'));
  announce('notes', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

/**
 * Outside of a test run nothing is noted.
 *
 * @param text lines; the last one need not be ended
 */
export function leaveNote(matter: Matter, text: string): void {
  const folder = announcedInRun('notes');
  if (folder === undefined || text === '') return;
  appendFileSync(join(folder, `${matter}-${writer}`), text.endsWith('\n') ? text : `${text}\n`);
}

/**
 * @returns what all tests of this run have noted of a matter, line by line
 * @throws where no tests ran before
 */
export async function* notesOf(matter: Matter): AsyncGenerator<string> {
  const folder = announced('notes');
  for (const file of readdirSync(folder).filter((name) => name.startsWith(`${matter}-`))) {
    yield* createInterface({
      input: createReadStream(join(folder, file)),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
  }
}
