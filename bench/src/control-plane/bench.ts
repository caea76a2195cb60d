import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { quantile } from '../measuring/statistics.js';
import { measureControlPlane, type ReadFigures } from './measure.js';

/** Milliseconds under which 95 of 100 calls of each read have to be answered. */
const BAR = 20;

/**
 * Measures how long reads take in an organization of 10,000 prompts with 20 versions each, and prints
 * it. Sets exit status 1 if one is not below the bar.
 */
export async function benchControlPlane(words: string[]): Promise<void> {
  const { values } = parseArgs({ args: words, options: { calls: { type: 'string', default: '300' } } });
  const calls = Number(values.calls);
  if (!Number.isSafeInteger(calls) || calls < 1) {
    throw new RangeError('--calls must be a whole number above 0');
  }
  const { database, seedSeconds, isPinned, reads } = await measureControlPlane(calls, isSlow);
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'unknown processor';
  print(
    `${model}, ${cores.length} cores, load average ${(loadavg()[0] ?? 0).toFixed(1)}; ` +
      `node ${process.versions.node}, Postgres ${database.postgres}`,
  );
  print(
    `${database.prompts} prompts and ${database.versions} versions, seeded in ${seedSeconds.toFixed(0)} s; at least ${calls} calls of each route; ` +
      `the control plane ${isPinned ? 'has one core' : 'may use every core: there is no taskset here'}\n`,
  );
  print(`${'milliseconds'.padEnd(66)}   bytes     p50     p95     p99`);
  for (const read of reads) print(line(read));
  const slow = reads.filter(({ times }) => isSlow(times));
  print(
    `\n${reads.length} reads of ${new Set(reads.map(({ what }) => what.split(',')[0])).size} routes: ` +
      (slow.length === 0
        ? `each is under ${BAR} ms at the 95th percentile`
        : `${slow.length} NOT under ${BAR} ms at the 95th percentile`),
  );
  if (slow.length > 0) process.exitCode = 1;
}

function isSlow(times: readonly number[]): boolean {
  return quantile(times, 0.95) >= BAR;
}

function line({ what, bytes, times, tries }: ReadFigures): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(times, share).toFixed(1).padStart(8));
  const remarks = `${isSlow(times) ? '  SLOW' : ''}${tries > 1 ? `  timed ${tries} times` : ''}`;
  return `${what.padEnd(66)}${String(bytes).padStart(8)}${p50}${p95}${p99}${remarks}`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
