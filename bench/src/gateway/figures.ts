import type { Machine } from '../measuring/machine.js';
import type { BodiesName } from './prompt.js';
import type { ServerName } from './servers/table.js';

/** The two ways in which servers are loaded to their limit. */
export const MODES = {
  single: { label: '64 connections, one request at a time', connections: 64, pipelining: 1 },
  pipelined: { label: '16 connections, 16 requests in a row', connections: 16, pipelining: 16 },
} as const;

export type ModeName = keyof typeof MODES;
export const MODE_NAMES = Object.keys(MODES) as readonly ModeName[];

/** What was seen of one server in one round in one mode. Latencies are in milliseconds. */
export interface Round {
  readonly requestsPerSecond: number;
  /** Requests for each second of processor time that the server used, and Postgres for it. */
  readonly requestsPerCpuSecond: number;
  /** Shares of one core that were used: by the server, by Postgres for it, by the load generator (NaN: unknown). */
  readonly serverLoad: number;
  readonly databaseLoad: number;
  readonly generatorLoad: number;
  readonly p50: number;
  readonly p99: number;
}

/** What was seen of one server in one round at half of what saturates it. */
export interface HalfRound {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** By how much the generator itself was late: the 99th percentile of it is in `p99`. */
  readonly latenessP99: number;
}

export interface ServerFigures {
  readonly rounds: Readonly<Record<BodiesName, Readonly<Record<ModeName, readonly Round[]>>>>;
  /** With another body each time. */
  readonly half: readonly HalfRound[];
}

/** One worker beside two, in turn; or why that was not measured. */
export type WorkersFigures =
  | { readonly one: readonly Round[]; readonly two: readonly Round[]; readonly reason?: never }
  | { readonly reason: string };

export interface GatewayFigures {
  readonly machine: Machine;
  /** How cores were given, and what made the load, in words. */
  readonly conditions: readonly string[];
  readonly generator: string;
  /** In the order in which they are shown. */
  readonly servers: Readonly<Partial<Record<ServerName, ServerFigures>>>;
  readonly workers: WorkersFigures;
}

/** Who used so much of a core was at the limit. */
const AT_LIMIT = 0.9;

/** What set the limit in a round: `others` are those who took the cores of server and generator away. */
export type Limit = 'server' | 'generator' | 'others';

/** @returns what set the limit in most of the rounds, of the server if it did in half of them */
export function limitOf(rounds: readonly Round[]): Limit {
  const limits = rounds.map(limitOfRound);
  const isMost = (limit: Limit) => limits.filter((one) => one === limit).length * 2 >= limits.length;
  return isMost('server') ? 'server' : isMost('generator') ? 'generator' : 'others';
}

function limitOfRound({ serverLoad, databaseLoad, generatorLoad }: Round): Limit {
  // Server and database wait for each other: one core's worth of both is the limit of one connection pool.
  if (serverLoad + databaseLoad >= AT_LIMIT) return 'server';
  return generatorLoad >= AT_LIMIT ? 'generator' : 'others';
}
