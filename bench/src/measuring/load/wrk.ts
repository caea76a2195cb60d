import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../find-program.js';
import { programVersion } from '../machine.js';
import { secondsOfEndedChildren } from '../processor-time.js';
import type { LoadGenerator, LoadResult } from './load.js';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../../src/measuring/load/post.lua', import.meta.url));

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
    run: async ({ url, key, bodies, connections, pipelining, seconds }) => {
      const directory = await mkdtemp(path.join(tmpdir(), 'px0-bench-'));
      const file = path.join(directory, 'bodies');
      const before = await secondsOfEndedChildren();
      let stdout: string;
      try {
        await writeFile(file, bodies.join('\n'));
        const words = [
          `-t${threads}`,
          `-c${connections}`,
          `-d${seconds}s`,
          '--timeout',
          '10s',
          '-s',
          SCRIPT,
          url,
        ];
        const [program = 'wrk', ...rest] = [...pin, 'wrk', ...words];
        const env = {
          PATH: process.env.PATH,
          BENCH_KEY: key,
          BENCH_BODIES: file,
          BENCH_PIPELINING: String(pipelining),
          BENCH_THREADS: String(threads),
        };
        ({ stdout } = await run(program, rest, { env }));
      } finally {
        await rm(directory, { recursive: true });
      }
      const after = await secondsOfEndedChildren();
      const summary = stdout.trimEnd().split('\n').at(-1) ?? '';
      const result = JSON.parse(summary) as Omit<LoadResult, 'generatorSeconds'>;
      const { p50, p99, max } = result.latencies;
      return {
        ...result,
        // wrk adds the waits of requests that it did not send because others were late. If those are
        // shorter than any that it saw, it does not find the higher percentiles, and says 0.
        latencies: { p50, p99: p99 < p50 ? Number.NaN : p99, max },
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
