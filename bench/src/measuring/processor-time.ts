import { readdir, readFile } from 'node:fs/promises';

/** Of the times in /proc: so many to a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of /proc/<pid>/stat, by their numbers in proc(5) less 3. */
const FIELDS = { parent: 1, user: 11, system: 12, endedUser: 13, endedSystem: 14 } as const;

/** @returns processor time of the children of this process that have ended, in seconds; undefined off Linux */
export async function secondsOfEndedChildren(): Promise<number | undefined> {
  const stat = await readStat('self');
  return stat && (stat(FIELDS.endedUser) + stat(FIELDS.endedSystem)) / TICKS_PER_SECOND;
}

/** @returns processor time of a process and of the children that it has now, in seconds; 0 off Linux */
export async function secondsOfFamily(pid: number): Promise<number> {
  const all = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    all.map(async (name) => ({ id: Number(name), stat: await readStat(name) })),
  );
  let ticks = 0;
  for (const { id, stat } of stats) {
    if (stat !== undefined && (id === pid || stat(FIELDS.parent) === pid))
      ticks += stat(FIELDS.user) + stat(FIELDS.system);
  }
  return ticks / TICKS_PER_SECOND;
}

async function readStat(process: string): Promise<((field: number) => number) | undefined> {
  const text = await readFile(`/proc/${process}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is a name in parentheses, which may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (field) => Number(fields[field]);
}
