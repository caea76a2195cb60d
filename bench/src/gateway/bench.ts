import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machineLine } from '../measuring/machine.js';
import { aboveZero, chosen } from '../measuring/options.js';
import { judge, ratiosOf } from './bars.js';
import { measureGateway } from './measure.js';
import { ANSWER } from './prompt.js';
import { barLines, halfLines, modesLines, ratioLines, workersLines } from './report.js';
import { SERVER_NAMES } from './servers/table.js';

/**
 * Measures the gateway beside other servers that answer the same, one serving thread each, and prints
 * what it saw. Sets exit status 1 if a bar is missed.
 */
export async function benchGateway(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '3' },
      only: { type: 'string', default: SERVER_NAMES.join(',') },
      generator: { type: 'string', default: 'wrk' },
      go: { type: 'string', default: 'yes' },
      json: { type: 'string' },
    },
  });
  const [generator = 'wrk'] = chosen('generator', values.generator, ['wrk', 'autocannon'] as const);
  const options = {
    servers: chosen('only', values.only, SERVER_NAMES),
    rounds: aboveZero('rounds', values.rounds),
    seconds: aboveZero('seconds', values.seconds),
    generator,
    useGo: chosen('go', values.go, ['yes', 'no'] as const)[0] === 'yes',
  };
  const figures = await measureGateway(options, (progress) => process.stderr.write(`${progress}\n`));
  const bars = judge(figures);
  const lines = [
    machineLine(figures.machine),
    `${options.rounds} rounds in turn, ${options.seconds} s for each server in each mode with each kind of bodies; medians, and in parentheses least and most`,
    ...figures.conditions,
    `all answer the same ${Buffer.byteLength(ANSWER)} bytes, such as ${ANSWER}`,
    '',
    ...modesLines(figures),
    ...halfLines(figures),
    '',
    ...ratioLines(figures),
    '',
    ...workersLines(figures),
    ...barLines(bars),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (values.json !== undefined) {
    const all = { options, ...figures, ratios: ratiosOf(figures), bars };
    await writeFile(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
  }
  if (bars.some(({ held }) => held === false)) process.exitCode = 1;
}
