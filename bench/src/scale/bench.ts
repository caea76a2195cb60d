import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machineLine } from '../measuring/machine.js';
import { aboveZero } from '../measuring/options.js';
import { type Range, rangeText } from '../measuring/statistics.js';
import { judge } from './bars.js';
import type { ScaleFigures } from './figures.js';
import { measureScale } from './measure.js';

const MIB = 1024 * 1024;

/**
 * Measures a gateway on a feed of 100,000 prompts, and prints what it saw. Sets exit status 1 if a bar is
 * missed.
 */
export async function benchScale(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      prompts: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '5' },
      misses: { type: 'string', default: '1000' },
      load: { type: 'string', default: '5000' },
      templates: { type: 'string', default: '4000' },
      json: { type: 'string' },
    },
  });
  const options = {
    prompts: aboveZero('prompts', values.prompts),
    rounds: aboveZero('rounds', values.rounds),
    misses: aboveZero('misses', values.misses),
    load: aboveZero('load', values.load),
    templates: aboveZero('templates', values.templates),
  };
  const figures = await measureScale(options, (progress) => process.stderr.write(`${progress}\n`));
  const bars = judge(figures);
  const lines = [
    machineLine(figures.machine),
    `${figures.prompts} prompts, ${figures.documents} documents, those of versions of ${figures.versionLength.toFixed(0)} characters; ` +
      `${options.rounds} rounds in turn: medians, and in parentheses least and most`,
    '',
    ...readingLines(figures),
    '',
    ...missLines(figures, options.misses),
    '',
    ...memoryLines(figures),
    '',
    `bars: ${bars.filter(({ held }) => held).length} of ${bars.length} held`,
    ...bars.map(
      ({ wanted, found, held }) => `  ${wanted.padEnd(64)}${(held ? 'held' : 'MISSED').padEnd(10)}${found}`,
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ options, ...figures, bars }, undefined, 2)}\n`);
  if (bars.some(({ held }) => !held)) process.exitCode = 1;
}

function readingLines({ reading }: ScaleFigures): string[] {
  return [
    'from the start of the process until all is read',
    `  seconds              ${rangeText(reading.seconds, 2)}`,
    `  documents a second   ${rangeText(reading.documentsPerSecond)}`,
    `  memory then, MiB     ${rangeText(inMib(reading.resident))}`,
    `  most until then, MiB ${rangeText(inMib(reading.mostResident))}`,
  ];
}

function missLines({ misses, load }: ScaleFigures, count: number): string[] {
  const words = {
    worker: 'no first one: held by the worker',
    peer: 'a bare server that asks Redis once',
    primary: 'held by the primary',
    feed: 'in the feed only',
  } as const;
  return [
    `first renders, ms; ${count} in each round, one after the other; the load is ${load} requests/s of another prompt`,
    `${''.padEnd(48)}${'p50'.padStart(26)}${'p99'.padStart(30)}${'longest'.padStart(30)}`,
    ...misses.map(
      ({ place, company, p50, p99, max }) =>
        `  ${words[place]}, ${company}`.padEnd(48) +
        rangeText(p50, 2).padStart(26) +
        rangeText(p99, 2).padStart(30) +
        rangeText(max, 2).padStart(30),
    ),
  ];
}

function memoryLines({ templates, bound, versionLength, prompts }: ScaleFigures): string[] {
  return [
    `a template that was rendered takes ${templates.heapOfEach.toFixed(0)} bytes of its worker's heap with all that ` +
      `belongs to it there, ${(templates.heapOfEach / versionLength).toFixed(1)} for each character of its document (${templates.rendered} of them)`,
    `all ${prompts} prompts rendered with PX0_TEMPLATE_CACHE_BYTES=${bound.templateCacheBytes}: ` +
      `the worker's heap goes from ${mib(bound.heapBefore)} to ${mib(bound.heapAfter)} MiB`,
    `the process, MiB, before and after each tenth: ${bound.resident.map(mib).join(' ')}`,
  ];
}

function inMib({ median, min, max }: Range): Range {
  return { median: median / MIB, min: min / MIB, max: max / MIB };
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}
