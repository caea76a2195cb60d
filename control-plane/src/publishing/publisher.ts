import type { FeedWriter } from '@px0/contract';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';

export interface PublisherOptions {
  readonly databaseUrl: string;
  readonly writer: FeedWriter;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Carries changes from the outbox to the feed. One is active at a time, whoever holds the lock. */
export class Publisher {
  constructor(_options: PublisherOptions) {}

  /** Goes to work in the background; returns at once, whether or not anything can be reached. */
  start(): void {}

  /** Finishes or gives up the step under way, and hands the lock on. The writer is the caller's to close. */
  async stop(): Promise<void> {}
}
