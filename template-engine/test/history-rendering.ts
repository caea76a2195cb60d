import { expect } from 'vitest';
import type { Engine } from './mutant.js';

type Template = ReturnType<Engine['load']>;
export type Data = Parameters<Template['render']>[0];
export type Options = Parameters<Template['render']>[1];

/** @param data anything: what holds for data that are no JSON is tested too */
export function render(
  { compile, load }: Engine,
  source: string,
  data: unknown = {},
  options?: Options,
): string {
  return load(compile(source, { name: 't' })).render(data as Data, options);
}

/** Renders with `<no value>` for what is missing. @param json the data, as text */
export function renderJson(engine: Engine, source: string, json = '{}'): string {
  return render(engine, source, JSON.parse(json), { missing: 'default' });
}

/** @returns the name of the limit that was exceeded, or what else came of it */
export function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error && 'limit' in error
      ? `limit: ${String(error.limit)}`
      : `error: ${String(error)}`;
  }
}

/** Fails for what takes longer; for what takes little longer, only if it does so again. */
export function expectWithin(milliseconds: number, what: string, run: () => unknown): void {
  const first = timeOf(run);
  const isDoubtful = first >= milliseconds && first < 3 * milliseconds;
  const time = isDoubtful ? Math.min(first, timeOf(run)) : first;
  // Not every time: thousands of texts pass here.
  if (time >= milliseconds) expect(time, what).toBeLessThan(milliseconds);
}

/**
 * Other processes lengthen what a clock shows, and helping threads what the processor was busy with: the
 * smaller of the two counts.
 */
function timeOf(run: () => unknown): number {
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(cpuBefore);
  return Math.min(performance.now() - before, (user + system) / 1_000);
}
