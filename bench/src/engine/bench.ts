import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { judge } from './bars.js';
import { ENGINE_NAMES } from './engines/table.js';
import { measureEngines } from './measure.js';
import { barLines, machineLine, templateLines } from './report.js';
import { OutputsDifferError } from './same-outputs.js';
import { TEMPLATE_NAMES, type TemplateName } from './templates/all.js';

/**
 * Measures px0's template engine beside others, and prints what it saw and which bars that holds. Sets
 * exit status 1 only if the engines do not render the same.
 */
export async function benchEngine(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '11' },
      seconds: { type: 'string', default: '0.12' },
      only: { type: 'string', default: ENGINE_NAMES.join(',') },
      templates: { type: 'string', default: TEMPLATE_NAMES.join(',') },
      json: { type: 'string' },
    },
  });
  const options = {
    rounds: aboveZero('rounds', values.rounds, Number.isSafeInteger),
    seconds: aboveZero('seconds', values.seconds, Number.isFinite),
    engines: chosen('only', values.only, ENGINE_NAMES),
    templates: chosen('templates', values.templates, TEMPLATE_NAMES),
  };
  const [load = 0] = loadavg();
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const figures = await measureEngines(options, (progress) => process.stderr.write(`${progress}\n`));
    const bars = judge(figures);
    print(machineLine(figures));
    print(
      `medians of ${options.rounds} rounds, ${options.seconds} s for each number; ` +
        `load average before it began ${load.toFixed(1)}`,
    );
    if (options.engines.includes('go') && figures.versions.go === undefined)
      print('Go is not installed: its line and its bars are left out');
    for (const [name, template] of Object.entries(figures.templates))
      for (const line of ['', ...templateLines(name as TemplateName, template)]) print(line);
    if (bars.length > 0) for (const line of ['', ...barLines(bars)]) print(line);
    if (values.json !== undefined)
      await writeFile(values.json, `${JSON.stringify({ ...figures, bars }, undefined, 2)}\n`);
  } catch (error) {
    if (!(error instanceof OutputsDifferError)) throw error;
    process.stderr.write(`Nothing was timed: ${error.message}\n`);
    process.exitCode = 1;
  }
}

function aboveZero(option: string, text: string, isNumber: (value: unknown) => boolean): number {
  const value = Number(text);
  if (!isNumber(value) || value <= 0)
    throw new RangeError(
      `--${option} must be a ${isNumber === Number.isFinite ? '' : 'whole '}number above 0`,
    );
  return value;
}

/** @returns the names that a list with commas holds, in the order of those that there are */
function chosen<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  const asked = text.split(',');
  const unknown = asked.find((name) => !names.some((known) => known === name));
  if (unknown !== undefined) throw new RangeError(`--${option}: "${unknown}" is none of ${names.join(', ')}`);
  return names.filter((name) => asked.includes(name));
}
