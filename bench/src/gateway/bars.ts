import { quantile, type Range, rangeOf } from '../measuring/statistics.js';
import {
  type GatewayFigures,
  limitOf,
  MODE_NAMES,
  type ModeName,
  type Round,
  type ServerFigures,
} from './figures.js';
import { BODIES, BODIES_NAMES, type BodiesName } from './prompt.js';
import { SERVER_NAMES, SERVERS, type ServerName } from './servers/table.js';

/** How many times as fast as another server the gateway has to be at least, with which bodies. */
const SPEED_BARS: readonly {
  readonly peer: ServerName;
  readonly bodies: BodiesName;
  readonly least: number;
}[] = [
  { peer: 'bare', bodies: 'others', least: 0.85 },
  { peer: 'bare', bodies: 'same', least: 0.85 },
  { peer: 'fastify', bodies: 'others', least: 3 },
  { peer: 'fiber', bodies: 'others', least: 1.3 },
  { peer: 'read-and-parse', bodies: 'others', least: 20 },
];
/** What the 99th percentile at half of saturation has to stay under, in milliseconds. */
const HALF_BAR = 2;
/** How many times as fast as one worker two of them have to be at least. */
const WORKERS_BAR = 1.8;

/** How the gateway compares with another server in one mode with one kind of bodies, round by round. */
export interface Ratio {
  readonly peer: ServerName;
  readonly mode: ModeName;
  readonly bodies: BodiesName;
  readonly byRequests: Range;
  readonly byProcessorTime: Range;
  /** Whether both servers set the limit themselves: else requests per second say little. */
  readonly isServerTheLimit: boolean;
}

export interface Bar {
  readonly wanted: string;
  /** In words. */
  readonly found: string;
  /** Undefined: cannot be judged here. */
  readonly held: boolean | undefined;
}

/** @returns the gateway beside every other server in each mode with each kind of bodies */
export function ratiosOf({ servers }: GatewayFigures): Ratio[] {
  const { gateway } = servers;
  if (gateway === undefined) return [];
  return SERVER_NAMES.flatMap((peer) => {
    const other = servers[peer];
    if (other === undefined || peer === 'gateway') return [];
    return MODE_NAMES.flatMap((mode) =>
      BODIES_NAMES.map((bodies) => ratioOf({ peer, mode, bodies }, gateway, other)),
    );
  });
}

function ratioOf(
  what: Pick<Ratio, 'peer' | 'mode' | 'bodies'>,
  gateway: ServerFigures,
  other: ServerFigures,
): Ratio {
  const own = gateway.rounds[what.bodies][what.mode];
  const others = other.rounds[what.bodies][what.mode];
  return {
    ...what,
    byRequests: ratio(own, others, 'requestsPerSecond'),
    byProcessorTime: ratio(own, others, 'requestsPerCpuSecond'),
    isServerTheLimit: limitOf(own) === 'server' && limitOf(others) === 'server',
  };
}

/** @returns what is had by dividing round by round: what ran next to each other is compared */
function ratio(
  own: readonly Round[],
  others: readonly Round[],
  field: 'requestsPerSecond' | 'requestsPerCpuSecond',
): Range {
  return rangeOf(own.map((round, index) => round[field] / (others[index]?.[field] ?? Number.NaN)));
}

/** @returns the bars that the figures are enough to judge, and those that cannot be judged here */
export function judge(figures: GatewayFigures): Bar[] {
  const bars: Bar[] = [];
  const ratios = ratiosOf(figures);
  for (const { peer, bodies, least } of SPEED_BARS) {
    const own = ratios.filter((ratio) => ratio.peer === peer && ratio.bodies === bodies);
    if (own.length > 0)
      bars.push(speedBar(`at least ${least}x ${SERVERS[peer].label}, ${BODIES[bodies].label}`, least, own));
  }
  const half = figures.servers.gateway?.half ?? [];
  if (half.length > 0) {
    const p99 = quantile(
      half.map((round) => round.p99),
      0.5,
    );
    bars.push({
      wanted: `p99 at half of saturation under ${HALF_BAR} ms`,
      found: `${p99.toFixed(2)} ms`,
      held: p99 < HALF_BAR,
    });
  }
  bars.push(workersBar(figures));
  return bars;
}

/**
 * The lowest ratio counts: in both modes, by processor time, and by requests per second wherever
 * nothing but the servers set the limit.
 */
function speedBar(wanted: string, least: number, ratios: readonly Ratio[]): Bar {
  const counted = ratios.flatMap(({ mode, byRequests, byProcessorTime, isServerTheLimit }) => [
    { value: byProcessorTime.median, what: `${mode}, by processor time` },
    ...(isServerTheLimit ? [{ value: byRequests.median, what: `${mode}, by requests/s` }] : []),
  ]);
  const lowest = counted.reduce((low, next) => (next.value < low.value ? next : low));
  return {
    wanted,
    found: `${lowest.value.toFixed(2)}x (${lowest.what})`,
    held: lowest.value >= least,
  };
}

function workersBar({ workers }: GatewayFigures): Bar {
  const wanted = `two workers at least ${WORKERS_BAR}x one`;
  if (workers.reason !== undefined)
    return { wanted, found: `not measured: ${workers.reason}`, held: undefined };
  const { median } = ratio(workers.two, workers.one, 'requestsPerSecond');
  const found = `${median.toFixed(2)}x`;
  // Two workers that are not filled may be faster than that, but not slower.
  if (median < WORKERS_BAR && limitOf(workers.two) !== 'server')
    return { wanted, found: `${found}, but the workers were not the limit`, held: undefined };
  return { wanted, found, held: median >= WORKERS_BAR };
}
