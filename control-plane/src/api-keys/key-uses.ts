import { type Clock, type KeyUse, type KeyUseCollector, systemClock } from '@px0/contract';
import type { Logger } from 'pino';
import { wordsOf } from '../database/connection-trouble.js';
import type { Queries } from '../database/database.js';
import { isId } from '../http/parameters.js';
import { markKeysUsed } from './api-key-statements.js';

/** Milliseconds between two writes, and between two looks for what gateways report. */
const INTERVAL = 5_000;
/** Milliseconds from the first use after a quiet time to its being written. */
const FIRST = 200;

interface KeyUsesOptions {
  readonly queries: Queries;
  readonly collector: KeyUseCollector;
  readonly log: Logger;
  readonly clock?: Clock;
}

/**
 * Gathers which API keys are in use, here and on the gateways, and writes it as `last_used_at`: many
 * keys in one statement, and each once a minute at the most. No request waits for it.
 */
export class KeyUses {
  readonly #options: KeyUsesOptions;
  readonly #clock: Clock;
  /** Latest uses that are not written yet, by key. */
  readonly #uses = new Map<string, number>();
  #wroteAt = Number.NEGATIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #timer: unknown;
  #running: Promise<void> = Promise.resolve();
  #trouble: string | undefined;
  #closed = false;

  constructor(options: KeyUsesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Begins to look for what gateways report. */
  start(): void {
    this.#wakeAt(this.#clock.now() + INTERVAL);
  }

  /** Notes that a key is in use. Costs nothing but memory. */
  note(keyId: string): void {
    const now = this.#clock.now();
    this.#uses.set(keyId, now);
    this.#wakeAt(Math.max(now + FIRST, this.#wroteAt + INTERVAL));
  }

  /** Writes what was noted here, and ends. The collector and the database are the caller's to close. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.clearTimeout(this.#timer);
    await this.#running;
    await this.#attempt(() => this.#write());
  }

  #wakeAt(moment: number): void {
    if (this.#closed || moment >= this.#due) return;
    this.#clock.clearTimeout(this.#timer);
    this.#due = moment;
    this.#timer = this.#clock.setTimeout(() => {
      this.#running = this.#turn();
    }, moment - this.#clock.now());
  }

  async #turn(): Promise<void> {
    const isCollected = await this.#attempt(() => this.#collect());
    const isWritten = await this.#attempt(() => this.#write());
    if (isCollected && isWritten) this.#trouble = undefined;
    this.#due = Number.POSITIVE_INFINITY;
    this.#wakeAt(this.#clock.now() + INTERVAL);
  }

  async #collect(): Promise<void> {
    const reported = await this.#options.collector.take();
    // By the clock here: one that is ahead would make a key look used in the future.
    const now = this.#clock.now();
    for (const { id, at } of reported) {
      if (isId(id) && at > (this.#uses.get(id) ?? 0)) this.#uses.set(id, Math.min(at, now));
    }
  }

  async #write(): Promise<void> {
    if (this.#uses.size === 0) return;
    this.#wroteAt = this.#clock.now();
    const uses: KeyUse[] = [...this.#uses].map(([id, at]) => ({ id, at }));
    this.#uses.clear();
    try {
      await markKeysUsed(this.#options.queries, uses);
    } catch (error) {
      for (const { id, at } of uses) if (!this.#uses.has(id)) this.#uses.set(id, at);
      throw error;
    }
  }

  /** @returns whether it succeeded; a trouble is logged when it begins or changes, and not at every try */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (err) {
      const trouble = wordsOf(err);
      if (trouble !== this.#trouble) {
        this.#options.log.warn({ err }, 'uses of API keys cannot be noted for now');
      }
      this.#trouble = trouble;
      return false;
    }
  }
}
