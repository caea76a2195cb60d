import { rangeOf, rangeText } from '../measuring/statistics.js';
import { type Bar, ratiosOf } from './bars.js';
import {
  type GatewayFigures,
  type HalfRound,
  type Limit,
  limitOf,
  MODE_NAMES,
  MODES,
  type ModeName,
  type Round,
  type ServerFigures,
} from './figures.js';
import { BODIES, BODIES_NAMES, type BodiesName } from './prompt.js';
import { SERVERS, type ServerName } from './servers/table.js';

const LABEL = 22;

const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  server: '',
  generator: '  the load generator was the limit',
  others: '  the cores were not free',
};

/** @returns lines of a table: what each server did in that mode with these bodies */
function modeLines({ servers, generator }: GatewayFigures, mode: ModeName, bodies: BodiesName): string[] {
  const head =
    `${mode}: ${MODES[mode].label}`.padEnd(LABEL + 26) +
    'core'.padStart(8) +
    'Postgres'.padStart(10) +
    generator.padStart(11) +
    'requests per second'.padStart(32) +
    'p50 ms'.padStart(9) +
    'p99 ms'.padStart(9);
  const under =
    `  ${BODIES[bodies].label}`.padEnd(LABEL + 4) +
    'requests/s'.padStart(22) +
    'of processor time'.padStart(61);
  const rows = entries(servers).map(([name, { rounds }]) =>
    modeLine(SERVERS[name].label, rounds[bodies][mode]),
  );
  return [head, under, ...rows];
}

function modeLine(label: string, rounds: readonly Round[]): string {
  const of = (field: keyof Round) => rangeOf(rounds.map((round) => round[field]));
  return (
    `  ${label}`.padEnd(LABEL) +
    rangeText(of('requestsPerSecond')).padStart(26) +
    percent(of('serverLoad').median).padStart(8) +
    percent(of('databaseLoad').median).padStart(10) +
    percent(of('generatorLoad').median).padStart(11) +
    rangeText(of('requestsPerCpuSecond')).padStart(32) +
    milliseconds(of('p50').median) +
    milliseconds(of('p99').median) +
    LIMIT_WORDS[limitOf(rounds)]
  );
}

/** @returns lines of a table: latencies at half of saturation, with another body each time */
export function halfLines({ servers }: GatewayFigures): string[] {
  const head =
    'half of saturation, ms'.padEnd(LABEL) +
    'requests/s'.padStart(12) +
    'p50'.padStart(30) +
    'p99'.padStart(30) +
    'longest'.padStart(10) +
    'sent late, p99'.padStart(30);
  return [head, ...entries(servers).map(([name, { half }]) => halfLine(SERVERS[name].label, half))];
}

function halfLine(label: string, rounds: readonly HalfRound[]): string {
  const of = (field: keyof HalfRound) => rangeOf(rounds.map((round) => round[field]));
  return (
    `  ${label}`.padEnd(LABEL) +
    of('requestsPerSecond').median.toFixed(0).padStart(12) +
    rangeText(of('p50'), 2).padStart(30) +
    rangeText(of('p99'), 2).padStart(30) +
    of('max').max.toFixed(1).padStart(10) +
    rangeText(of('latenessP99'), 2).padStart(30)
  );
}

/** @returns lines of a table: the gateway beside each other server */
export function ratioLines(figures: GatewayFigures): string[] {
  const head = 'the gateway is'.padEnd(60) + 'by requests/s'.padStart(24) + 'by processor time'.padStart(26);
  const rows = ratiosOf(figures).map(
    ({ peer, mode, bodies, byRequests, byProcessorTime, isServerTheLimit }) =>
      `  x ${SERVERS[peer].label}, ${mode}, ${BODIES[bodies].label}`.padEnd(60) +
      rangeText(byRequests, 2).padStart(24) +
      rangeText(byProcessorTime, 2).padStart(26) +
      (isServerTheLimit ? '' : '   requests/s do not count'),
  );
  return [head, ...rows];
}

/** @returns lines that say what two workers do beside one, if that was measured */
export function workersLines({ workers }: GatewayFigures): string[] {
  if (workers.reason !== undefined) return [];
  return [
    'workers, requests/s, another body each time',
    modeLine('one worker', workers.one),
    modeLine('two workers', workers.two),
    '',
  ];
}

/** @returns lines that say of each bar whether it is held */
export function barLines(bars: readonly Bar[]): string[] {
  const judged = bars.filter(({ held }) => held !== undefined);
  const verdict = ({ held }: Bar) => (held === undefined ? 'CANNOT BE JUDGED' : held ? 'held' : 'MISSED');
  return [
    `bars: ${judged.filter(({ held }) => held).length} of ${judged.length} held`,
    ...bars.map((bar) => `  ${bar.wanted.padEnd(60)}${verdict(bar).padEnd(18)}${bar.found}`),
  ];
}

export const modesLines = (figures: GatewayFigures): string[] =>
  MODE_NAMES.flatMap((mode) => BODIES_NAMES.flatMap((bodies) => [...modeLines(figures, mode, bodies), '']));

function entries(servers: GatewayFigures['servers']): [ServerName, ServerFigures][] {
  return Object.entries(servers) as [ServerName, ServerFigures][];
}

function milliseconds(value: number): string {
  return (Number.isNaN(value) ? '?' : value.toFixed(2)).padStart(9);
}

function percent(share: number): string {
  if (Number.isNaN(share)) return '?';
  return share === 0 ? '-' : `${(share * 100).toFixed(0)} %`;
}
