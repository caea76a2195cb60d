import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { measureGateway, type Round } from './measure.js';

/** The least ratio of the gateway to the bare server that is good enough. */
const BAR = 0.6;

/**
 * Measures the gateway beside a bare uWebSockets.js server, one serving thread each, and prints what
 * it saw. Sets exit status 1 below the bar.
 */
export async function benchGateway(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '16' },
      pipelining: { type: 'string', default: '16' },
    },
  });
  const options = {
    rounds: atLeastOne('rounds', values.rounds),
    seconds: atLeastOne('seconds', values.seconds),
    connections: atLeastOne('connections', values.connections),
    pipelining: atLeastOne('pipelining', values.pipelining),
  };
  print(await machine());
  print(
    `${options.rounds} rounds of ${options.seconds} s each, in turn; ${options.connections} connections, ` +
      `${options.pipelining} requests under way on each`,
  );
  const { answer, bare, gateway } = await measureGateway(options);
  print(`both answer the same ${Buffer.byteLength(answer)} bytes: ${answer}\n`);

  print('                            requests/s   server uses   requests per second');
  print('                                           of a core   of processor time');
  bare.forEach((round, index) => {
    printRound(`bare uWebSockets.js, ${index + 1}`, round);
    const own = gateway[index];
    if (own !== undefined) printRound(`px0 gateway, ${index + 1}`, own);
  });
  const medians = { bare: medianRound(bare), gateway: medianRound(gateway) };
  print('');
  printRound('bare uWebSockets.js, median', medians.bare);
  printRound('px0 gateway, median', medians.gateway);

  const served = medians.gateway.requestsPerSecond / medians.bare.requestsPerSecond;
  const perCpu = medians.gateway.requestsPerCpuSecond / medians.bare.requestsPerCpuSecond;
  const ratio = Math.min(served, perCpu);
  print(`\nratio: ${served.toFixed(2)} by requests/s, ${perCpu.toFixed(2)} by processor time`);
  if (medians.bare.serverLoad < 0.95) {
    print(
      `autocannon, at ${percent(medians.bare.generatorLoad)} of a core, was the limit of the bare server's ` +
        'requests/s: the ratio by processor time is the one to believe.',
    );
  }
  print(
    `the lower of the two, ${ratio.toFixed(2)}, is ${ratio >= BAR ? 'above' : 'BELOW'} the bar of ${BAR}`,
  );
  if (ratio < BAR) process.exitCode = 1;
}

function atLeastOne(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`--${name} must be a whole number above 0`);
  return value;
}

async function machine(): Promise<string> {
  const cores = cpus();
  const versions = await Promise.all(
    ['uWebSockets.js', 'autocannon'].map(async (name) => `${name} ${await versionOf(name)}`),
  );
  const model = cores[0]?.model.trim() ?? 'unknown processor';
  return `${model}, ${cores.length} cores; node ${process.versions.node}, ${versions.join(', ')}`;
}

async function versionOf(name: string): Promise<string> {
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

function medianRound(rounds: readonly Round[]): Round {
  const of = (field: keyof Round) => median(rounds.map((round) => round[field]));
  return {
    requestsPerSecond: of('requestsPerSecond'),
    requestsPerCpuSecond: of('requestsPerCpuSecond'),
    serverLoad: of('serverLoad'),
    generatorLoad: of('generatorLoad'),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

function printRound(name: string, round: Round): void {
  print(
    name.padEnd(28) +
      round.requestsPerSecond.toFixed(0).padStart(10) +
      percent(round.serverLoad).padStart(14) +
      round.requestsPerCpuSecond.toFixed(0).padStart(22),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
