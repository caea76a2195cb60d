import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where and with what something was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Of the last minute, when the bench began. */
  readonly loadAverage: number;
  /** By name, as `{ node: '22.1.0', Redis: '7.2.4' }`. */
  readonly versions: Readonly<Record<string, string>>;
}

/** @param versions of what takes part, beside Node */
export function describeMachine(versions: Readonly<Record<string, string>> = {}): Machine {
  const cores = cpus();
  return {
    processor: cores[0]?.model.trim() ?? 'unknown processor',
    cores: cores.length,
    loadAverage: loadavg()[0] ?? 0,
    versions: { node: process.versions.node, ...versions },
  };
}

/** @returns such as `Some Processor, 4 cores, load average 0.1; node 22.1.0, Redis 7.2.4` */
export function machineLine({ processor, cores, loadAverage, versions }: Machine): string {
  const parts = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${cores} cores, load average ${loadAverage.toFixed(1)}; ${parts.join(', ')}`;
}

/** @returns the version of a package that the bench uses */
export async function packageVersion(name: string): Promise<string> {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const place of places) {
    try {
      const text = await readFile(path.join(place, name, 'package.json'), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // not in this folder
    }
  }
  return 'of unknown version';
}

/** @returns the first thing in what a program prints that looks like a version; undefined if it cannot be run */
export async function programVersion(program: string, ...words: string[]): Promise<string | undefined> {
  const said = await run(program, words).catch((error: { stdout?: string; code?: unknown }) =>
    error.code === 'ENOENT' ? undefined : { stdout: error.stdout ?? '' },
  );
  if (said === undefined) return undefined;
  return /\d+\.\d+(?:\.\d+)*/.exec(said.stdout)?.[0] ?? 'of unknown version';
}
