import { startChild } from '../child.js';
import { pinToCores } from '../cores.js';
import type { HttpRequest, Latencies } from './load.js';

/**
 * Requests at a constant rate, however long those before take. One that finds no connection free waits
 * for one, which is in its latency.
 */
export interface OpenLoad extends HttpRequest {
  /** On each there is one request at a time. */
  readonly connections: number;
  /** All connections together. */
  readonly requestsPerSecond: number;
  readonly seconds: number;
}

export interface OpenLoadResult {
  /** Requests that were due, and of these: answered with 2xx, answered otherwise or cut off, and not answered. */
  readonly due: number;
  readonly answered: number;
  readonly refused: number;
  readonly unanswered: number;
  /**
   * Milliseconds from the moment at which a request was due to its answer. So the wait of a request that
   * could not be sent in time, because the generator or the server stood still, is in them, and those that
   * were not answered by the end, or within two seconds after it, are in them with the time until then.
   */
  readonly latencies: Latencies;
  /** By how much requests were sent late though a connection was free: the generator's own part. */
  readonly lateness: Latencies;
}

export type ToOpenLoop = { readonly kind: 'load'; readonly load: OpenLoad };
export type FromOpenLoop = { readonly kind: 'result'; readonly result: OpenLoadResult };

export interface OpenLoop {
  run(load: OpenLoad): Promise<OpenLoadResult>;
  stop(): Promise<void>;
}

/**
 * Starts an open-loop generator in a process of its own, which takes all of a core at high rates: it waits
 * for moments that are less than two milliseconds away without sleeping.
 *
 * @param cores that it may use; none: all
 */
export async function startOpenLoop(cores: readonly number[]): Promise<OpenLoop> {
  const child = startChild<ToOpenLoop, FromOpenLoop>(new URL('./open-loop-process.js', import.meta.url));
  await child.ask(undefined, 'ready');
  if (cores.length > 0) await pinToCores(child.pid, cores);
  return {
    run: async (load) => (await child.ask({ kind: 'load', load }, 'result')).result,
    stop: () => child.stop(),
  };
}
