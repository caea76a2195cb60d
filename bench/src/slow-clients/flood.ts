import { startChild } from '../measuring/child.js';

/** Requests with keys that nobody has, each with another one. */
export interface FloodPlan {
  readonly port: number;
  /** That are asked for; it may be fewer, for on each connection there is one at a time. */
  readonly requestsPerSecond: number;
  readonly connections: number;
  readonly seconds: number;
  /** The part of the keys whose checksum is right. */
  readonly wellFormed: number;
}

export interface FloodResult {
  readonly sent: number;
  readonly wellFormed: number;
  readonly seconds: number;
  /** By status; `closed`: connections that ended. There is a new one for each. */
  readonly answers: Readonly<Record<string, number>>;
}

export type ToFlood = { readonly kind: 'prepare'; readonly plan: FloodPlan } | { readonly kind: 'run' };
export type FromFlood =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'result'; readonly result: FloodResult };

/** A flood, in a process of its own. */
export async function startFlood() {
  const child = startChild<ToFlood, FromFlood>(new URL('./flood-process.js', import.meta.url));
  await child.ask(undefined, 'ready');
  return {
    pid: child.pid,
    /** Makes the keys, and connects. */
    prepare: (plan: FloodPlan) => child.ask({ kind: 'prepare', plan }, 'prepared'),
    run: async () => (await child.ask({ kind: 'run' }, 'result')).result,
    stop: () => child.stop(),
  };
}
