import { quantile, type Range, rangeOf } from '../measuring/statistics.js';
import {
  type GatewayFigures,
  limitOf,
  MODE_NAMES,
  type ModeName,
  type Round,
  type ServerFigures,
} from './figures.js';
import { SERVER_NAMES, SERVERS, type ServerName } from './servers/table.js';

/** How many times as fast as another server the gateway has to be at least. */
const SPEED_BARS: Readonly<Partial<Record<ServerName, number>>> = {
  bare: 0.85,
  fastify: 3,
  fiber: 1.3,
  'read-and-parse': 20,
};
/** What the 99th percentile at half of saturation has to stay under, in milliseconds. */
const HALF_BAR = 2;
/** How many times as fast as one worker two of them have to be at least. */
const WORKERS_BAR = 1.8;

/** How the gateway compares with another server in one mode, round by round. */
export interface Ratio {
  readonly peer: ServerName;
  readonly mode: ModeName;
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

/** @returns the gateway beside every other server in each mode */
export function ratiosOf({ servers }: GatewayFigures): Ratio[] {
  const { gateway } = servers;
  if (gateway === undefined) return [];
  return SERVER_NAMES.flatMap((peer) => {
    const other = servers[peer];
    if (other === undefined || peer === 'gateway') return [];
    return MODE_NAMES.map((mode) => ratioOf(peer, mode, gateway, other));
  });
}

function ratioOf(peer: ServerName, mode: ModeName, gateway: ServerFigures, other: ServerFigures): Ratio {
  const own = gateway.rounds[mode];
  const others = other.rounds[mode];
  return {
    peer,
    mode,
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
  for (const [peer, least] of Object.entries(SPEED_BARS) as [ServerName, number][]) {
    const own = ratios.filter((ratio) => ratio.peer === peer);
    if (own.length > 0) bars.push(speedBar(peer, least, own));
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
function speedBar(peer: ServerName, least: number, ratios: readonly Ratio[]): Bar {
  const counted = ratios.flatMap(({ mode, byRequests, byProcessorTime, isServerTheLimit }) => [
    { value: byProcessorTime.median, what: `${mode}, by processor time` },
    ...(isServerTheLimit ? [{ value: byRequests.median, what: `${mode}, by requests/s` }] : []),
  ]);
  const lowest = counted.reduce((low, next) => (next.value < low.value ? next : low));
  return {
    wanted: `at least ${least}x ${SERVERS[peer].label}`,
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
