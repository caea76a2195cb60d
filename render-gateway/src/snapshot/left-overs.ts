import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Nobody writes for so long: a process of that number, in another container perhaps, is not its writer. */
const LONGEST_WRITE = 600_000;
const ASIDE = /\.(\d+)-[0-9a-f]{8}\.tmp$/;

/** @returns where a new state of a file is written before it takes the file's place; the name tells by whom */
export function asideOf(file: string): string {
  return `${file}.${process.pid}-${randomUUID().slice(0, 8)}.tmp`;
}

/** Removes what processes that were killed while they wrote have left behind. */
export function removeLeftOvers(file: string): void {
  const directory = path.dirname(file);
  const prefix = path.basename(file);
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(prefix)) continue;
    const pid = ASIDE.exec(name.slice(prefix.length))?.[1];
    if (pid === undefined) continue;
    const left = path.join(directory, name);
    if (Number(pid) === process.pid || !isAlive(Number(pid)) || isOld(left)) rmSync(left, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isOld(file: string): boolean {
  const status = statSync(file, { throwIfNoEntry: false });
  return status !== undefined && Date.now() - status.mtimeMs > LONGEST_WRITE;
}
