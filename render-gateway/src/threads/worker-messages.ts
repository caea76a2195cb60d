import type { Logger } from 'pino';
import type { Lookup } from '../feed/lookups.js';
import { addCounters, type Counters } from '../metrics/counters.js';
import { forWorkers } from '../render/long-documents.js';
import type { PoolOutcome, RenderOrder } from '../render/pool-order.js';
import { findAhead } from './look-ahead.js';
import type { Found, FromPrimary } from './messages.js';
import type { ThreadRequest } from './thread-keeper.js';

/** Whom of the primary thread's side the worker threads speak to. `W` stands for one of them. */
export interface WorkerPartners<W> {
  readonly follower: {
    find(key: string): Promise<Lookup>;
    refuse(key: string, revision: number, reason: string): void;
  };
  readonly found: { add(worker: W, answer: Found): void };
  readonly keyUses: { used(ids: readonly string[]): void };
  readonly reports: { applied(worker: W, revision: number): void };
  readonly pool: { render(order: RenderOrder): Promise<PoolOutcome> };
  readonly outbox: { tell(worker: W, message: FromPrimary, handOver?: readonly ArrayBuffer[]): void };
  /** What all of them count is added up here. */
  readonly counters: Counters;
  readonly log: Logger;
}

/** @returns what hears of each message of a worker thread, and sees that it is answered where it wants an answer */
export function hearWorkers<W>(partners: WorkerPartners<W>): (message: ThreadRequest, from: W) => void {
  const { follower, found, keyUses, reports, pool, outbox, counters, log } = partners;

  function find(asked: string, from: W): Promise<void> {
    return findAhead(
      asked,
      (key) => follower.find(key),
      (key, lookup) => found.add(from, { key, document: lookup.known ? forWorkers(lookup.document) : null }),
    );
  }

  async function render(id: number, order: RenderOrder, from: W): Promise<void> {
    const outcome = await pool.render(order);
    outbox.tell(from, { kind: 'pooled', id, outcome }, 'code' in outcome ? [] : [outcome.buffer]);
  }

  return (message, from) => {
    switch (message.kind) {
      case 'find':
        for (const key of message.keys) void find(key, from);
        return;
      case 'used':
        keyUses.used(message.ids);
        return;
      case 'applied':
        reports.applied(from, message.revision);
        return;
      case 'refused':
        follower.refuse(message.key, message.revision, message.reason);
        return;
      case 'pool':
        void render(message.id, message.order, from);
        return;
      case 'counted':
        addCounters(counters, message.counters);
        return;
      case 'log':
        log[message.level](message.fields, message.text);
        return;
      default:
        message satisfies never;
    }
  };
}
