import { parseArgs } from 'node:util';
import { describeMachine, machineLine, packageVersion } from '../measuring/machine.js';
import { aboveZero, chosen } from '../measuring/options.js';
import { ATTACKS, type Attack } from './attacks.js';
import { type IsolationFigures, measureIsolation } from './measure.js';

/** By how many milliseconds a hostile tenant may move the p99 of the others. */
const BAR = 5;

/**
 * Measures how much a tenant's renders suffer from a hostile tenant beside it, for each limit in turn,
 * and prints a table. Sets exit status 1 if any moves the p99 by more than 5 ms, or is not stopped.
 */
export async function benchIsolation(words: string[]): Promise<void> {
  const names = ATTACKS.map(({ name }) => name);
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '10' },
      rate: { type: 'string', default: '500' },
      'hostile-rate': { type: 'string', default: '50' },
      only: { type: 'string', default: names.join(',') },
    },
  });
  const options = {
    rounds: aboveZero('rounds', values.rounds),
    seconds: aboveZero('seconds', values.seconds),
    rate: aboveZero('rate', values.rate),
    hostileRate: aboveZero('hostile-rate', values['hostile-rate']),
  };
  const only = chosen('only', values.only, names);

  const versions = {
    piscina: await packageVersion('piscina'),
    'uWebSockets.js': await packageVersion('uWebSockets.js'),
  };
  print(machineLine(describeMachine(versions)));
  print(
    `one worker thread; ${options.rate} requests/s of the tenant that is measured, alone and then beside ` +
      `${options.hostileRate} requests/s of a hostile one; ${options.rounds} rounds of ${options.seconds} s each, medians\n`,
  );
  print('                          p50, ms           p99, ms                     max, ms');
  print('attack                 alone   beside    alone   beside   moved      alone   beside');
  const faults: string[] = [];
  for (const attack of ATTACKS.filter(({ name }) => only.includes(name))) {
    const figures = await measureIsolation(attack, options);
    printRow(attack, figures);
    faults.push(...faultsOf(attack, figures));
  }
  if (faults.length > 0) {
    process.exitCode = 1;
    print(`\n${faults.join('\n')}`);
  } else print(`\nno attack moves the p99 by more than ${BAR} ms`);
}

const movedBy = ({ alone, beside }: IsolationFigures) => beside.p99 - alone.p99;

function faultsOf({ name, words }: Attack, figures: IsolationFigures): string[] {
  const moved = movedBy(figures);
  const answers = [...figures.answers.keys()];
  const isStopped = answers.some((answer) => (words === undefined ? answer === '200' : words.test(answer)));
  return [
    ...(moved > BAR ? [`${name} moves the p99 by ${moved.toFixed(2)} ms, more than ${BAR} ms`] : []),
    ...(figures.failures > 0 ? [`beside ${name}, ${figures.failures} requests failed`] : []),
    ...(isStopped ? [] : [`${name} was not answered as it should be`]),
  ];
}

function printRow({ name }: Attack, figures: IsolationFigures): void {
  const { alone, beside, answers } = figures;
  const columns = [
    [alone.p50, 8],
    [beside.p50, 9],
    [alone.p99, 9],
    [beside.p99, 9],
    [movedBy(figures), 8],
    [alone.max, 11],
    [beside.max, 9],
  ] as const;
  print(name.padEnd(20) + columns.map(([value, width]) => value.toFixed(2).padStart(width)).join(''));
  for (const [answer, count] of answers) print(`  ${String(count).padStart(5)} × ${answer.slice(0, 110)}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
