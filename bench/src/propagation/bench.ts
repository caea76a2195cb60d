import { parseArgs } from 'node:util';
import { ensureRedisServer } from '@px0/test-bed';
import { describeMachine, machineLine, packageVersion, programVersion } from '../measuring/machine.js';
import { aboveZero } from '../measuring/options.js';
import { quantile } from '../measuring/statistics.js';
import { measurePropagation, type PropagationFigures } from './measure.js';

/** Milliseconds: what must hold of a change on its way to gateways under load. */
const BARS = [
  {
    what: 'promote sent to served, p99',
    limit: 100,
    of: (seen: PropagationFigures) => p99(seen.promoteServed),
  },
  {
    what: 'revoke answered to refused, p99',
    limit: 250,
    of: (seen: PropagationFigures) => p99(seen.revokeRefused),
  },
  {
    what: 'revoke answered to refused, max',
    limit: 1_000,
    of: (seen: PropagationFigures) => Math.max(...seen.revokeRefused),
  },
] as const;

/**
 * Measures how long promotes and revocations take to gateways that are under load, and prints it. Sets
 * exit status 1 if a bar is missed, or a request of the load failed.
 */
export async function benchPropagation(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      gateways: { type: 'string', default: '3' },
      promotes: { type: 'string', default: '200' },
      revocations: { type: 'string', default: '200' },
      load: { type: 'string', default: '1000' },
    },
  });
  const options = {
    gateways: aboveZero('gateways', values.gateways),
    promotes: aboveZero('promotes', values.promotes),
    revocations: aboveZero('revocations', values.revocations),
    load: aboveZero('load', values.load),
  };
  const versions = {
    Redis: (await programVersion(await ensureRedisServer(), '--version')) ?? 'of unknown version',
    'uWebSockets.js': await packageVersion('uWebSockets.js'),
    autocannon: await packageVersion('autocannon'),
  };
  print(machineLine(describeMachine(versions)));
  print(
    `a control plane and ${options.gateways} gateways of one thread, each a process, with the feed in Redis; ` +
      `${options.promotes} promotes and ${options.revocations} revocations, ${options.load} renders/s on each gateway meanwhile`,
  );
  const figures = await measurePropagation(options);
  const { requests, failures, seconds } = figures.load;
  print(
    `load: ${(requests / seconds / options.gateways).toFixed(0)} renders/s on each gateway, ${failures} failed\n`,
  );
  print(`${'milliseconds'.padEnd(56)}     p50     p99     max`);
  print(line('promote sent, to its answer', figures.promoteAnswered));
  print(line('promote sent, to the new version served by each gateway', figures.promoteServed));
  print(line('promote with ?wait sent, to its answer', figures.promoteWaited));
  print(line('revoke answered, to the key refused by each gateway', figures.revokeRefused));
  print('');
  let isMissed = failures > 0;
  for (const { what, limit, of } of BARS) {
    const found = of(figures);
    const isHeld = found <= limit;
    isMissed ||= !isHeld;
    print(`${what.padEnd(40)} ${found.toFixed(1)} of ${limit} ms: ${isHeld ? 'held' : 'MISSED'}`);
  }
  if (isMissed) process.exitCode = 1;
}

function p99(times: readonly number[]): number {
  return quantile(times, 0.99);
}

function line(what: string, times: readonly number[]): string {
  const figures = [quantile(times, 0.5), p99(times), Math.max(...times)];
  return what.padEnd(56) + figures.map((figure) => figure.toFixed(1).padStart(8)).join('');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
