import { cpus } from 'node:os';
import type { Bar } from './bars.js';
import { ENGINES, type EngineName } from './engines/table.js';
import type { EngineFigures, TemplateFigures } from './figures.js';
import type { TemplateName } from './templates/all.js';

/** @returns the machine and the versions of all that was measured */
export function machineLine({ versions }: EngineFigures): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? 'unknown processor';
  const engines = Object.entries(versions).map(
    ([name, version]) => `${ENGINES[name as EngineName].label} ${version}`,
  );
  return `${model}, ${cores.length} cores; node ${process.versions.node}, V8 ${process.versions.v8}; ${engines.join(', ')}`;
}

/** @returns lines of a table: each engine's time for the template, and how px0 compares */
export function templateLines(name: TemplateName, figures: TemplateFigures): string[] {
  const { bytes, render, ratio, first, compile } = figures;
  const lines = [
    `${name}, ${bytes} bytes`.padEnd(26) +
      'ns a render'.padStart(13) +
      'quartiles'.padStart(22) +
      'px0 is'.padStart(12) +
      'first render'.padStart(16),
  ];
  for (const engine of Object.keys(render) as EngineName[]) {
    const times = render[engine];
    if (times === undefined) continue;
    const timesAsFast = ratio[engine]?.median;
    const firstTime = first[engine]?.median;
    lines.push(
      `  ${ENGINES[engine].label}`.padEnd(26) +
        times.median.toFixed(0).padStart(13) +
        `${times.low.toFixed(0)} to ${times.high.toFixed(0)}`.padStart(22) +
        (timesAsFast === undefined ? '' : `${timesAsFast.toFixed(2)}x`).padStart(12) +
        (firstTime === undefined ? '' : microseconds(firstTime)).padStart(16),
    );
  }
  if (ratio.go !== undefined && ratio.hand !== undefined) {
    const byHand = ratio.go.median / ratio.hand.median;
    lines.push(`  by hand it is ${byHand.toFixed(2)}x as fast as Go`);
  }
  if (compile !== undefined) {
    lines.push(`  px0 compiles in ${microseconds(compile.compile)}, loads in ${microseconds(compile.load)}`);
  }
  return lines;
}

/** @returns lines that say of each bar whether it is held */
export function barLines(bars: readonly Bar[]): string[] {
  const held = bars.filter((bar) => bar.held).length;
  return [
    `bars: ${held} of ${bars.length} held`,
    ...bars.map(
      (bar) =>
        `  ${bar.template}`.padEnd(16) +
        bar.wanted.padEnd(34) +
        bar.found.padStart(12) +
        (bar.held ? '   held' : '   FALLS SHORT'),
    ),
  ];
}

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(1)} us`;
}
