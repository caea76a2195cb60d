import { startChild } from '../measuring/child.js';

/** Who sends and reads slowly, all at once. */
export interface SlowPlan {
  readonly port: number;
  readonly key: string;
  /** Of a prompt whose answer is large. */
  readonly path: string;
  /** Sockets that send the body of a request a byte a second. */
  readonly senders: number;
  /** Sockets that read the answer 16 KiB a second. */
  readonly readers: number;
}

/** How often slow sockets were answered or cut off, by what happened to them. */
export type SlowOutcomes = Readonly<Record<string, number>>;

export type ToSlowSockets =
  | { readonly kind: 'begin'; readonly plan: SlowPlan }
  | { readonly kind: 'look' }
  | { readonly kind: 'end' };
export type FromSlowSockets =
  /** Senders whose bodies, and readers whose answers, are on their way now. */
  | { readonly kind: 'seen'; readonly sending: number; readonly reading: number }
  | { readonly kind: 'ended'; readonly outcomes: SlowOutcomes };

/** Slow sockets, in a process of their own, which gives way to everybody else. */
export async function startSlowSockets() {
  const url = new URL('./slow-sockets-process.js', import.meta.url);
  const child = startChild<ToSlowSockets, FromSlowSockets>(url);
  await child.ask(undefined, 'ready');
  const look = () => child.ask({ kind: 'look' }, 'seen');
  return {
    pid: child.pid,
    /** Opens them, over some seconds. */
    begin: (plan: SlowPlan) => child.ask({ kind: 'begin', plan }, 'seen'),
    look,
    /** Closes them. @returns what happened to them since {@link begin} */
    end: async () => (await child.ask({ kind: 'end' }, 'ended')).outcomes,
    stop: () => child.stop(),
  };
}
