import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../find-program.js';
import { programVersion } from '../machine.js';
import type { LoadGenerator, LoadResult } from './load.js';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../../src/measuring/load/post.lua', import.meta.url));
/** Of the processor times in /proc: so many to a second, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * Finds wrk, or installs it where there is none and we may (root on Debian or Ubuntu).
 *
 * @param cores that it may use; none: all
 * @returns undefined where it cannot be had
 */
export async function createWrk(cores: readonly number[]): Promise<LoadGenerator | undefined> {
  if ((await findProgram('wrk')) === undefined && !(await installWrk())) return undefined;
  const hasTaskset = (await findProgram('taskset')) !== undefined;
  const pin = hasTaskset && cores.length > 0 ? ['taskset', '--cpu-list', cores.join(',')] : [];
  const threads = Math.max(1, Math.min(cores.length, 4));
  return {
    name: 'wrk',
    version: (await programVersion('wrk', '-v')) ?? 'of unknown version',
    run: async ({ url, key, body, connections, pipelining, seconds }) => {
      const [program = 'wrk', ...words] = [
        ...pin,
        ...[
          'wrk',
          `-t${threads}`,
          `-c${connections}`,
          `-d${seconds}s`,
          '--timeout',
          '10s',
          '-s',
          SCRIPT,
          url,
        ],
      ];
      const before = await processorSecondsOfEndedChildren();
      const { stdout } = await run(program, words, {
        env: {
          PATH: process.env.PATH,
          BENCH_KEY: key,
          BENCH_BODY: body,
          BENCH_PIPELINING: String(pipelining),
        },
      });
      const after = await processorSecondsOfEndedChildren();
      const summary = stdout.trimEnd().split('\n').at(-1) ?? '';
      return {
        ...(JSON.parse(summary) as Omit<LoadResult, 'generatorSeconds'>),
        generatorSeconds: before === undefined || after === undefined ? undefined : after - before,
      };
    },
    stop: async () => {},
  };
}

async function installWrk(): Promise<boolean> {
  if (process.getuid?.() !== 0 || (await findProgram('apt-get')) === undefined) return false;
  process.stderr.write('Installing wrk, the load generator …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Package lists may be old or absent; an update that fails in part may still do.
  await run('apt-get', ['update'], { env }).catch(() => undefined);
  await run('apt-get', ['install', '--yes', '--no-install-recommends', 'wrk'], { env }).catch(
    () => undefined,
  );
  return (await findProgram('wrk')) !== undefined;
}

/** Fields 16 and 17 of /proc/self/stat, in proc(5); undefined where there is none. */
async function processorSecondsOfEndedChildren(): Promise<number | undefined> {
  const text = await readFile('/proc/self/stat', 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // begins with field 3
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
