import { Backoff } from '@px0/contract';
import pg from 'pg';
import type { Logger } from 'pino';
import { databaseUnreachable, isDatabaseUnavailable, wordsOf } from './connection-trouble.js';

const CONNECT_TIMEOUT = 5_000;
const FIRST_RETRY = 100;
const LONGEST_RETRY = 5_000;

/**
 * Waits until Postgres lets us in, and says so meanwhile: whoever starts everything at once need not
 * think of the order. What waiting cannot mend, such as a wrong password, is told at once.
 *
 * @param patience seconds; 0 tries once
 * @throws {StartupError} when they are over, or waiting does not help
 */
export async function waitForDatabase(databaseUrl: string, patience: number, log: Logger): Promise<void> {
  const deadline = performance.now() + patience * 1_000;
  const backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, Math.random);
  for (let tries = 1; ; tries += 1) {
    try {
      await connectOnce(databaseUrl);
      if (tries > 1) log.info({ tries }, 'Postgres answers');
      return;
    } catch (error) {
      const left = deadline - performance.now();
      if (left <= 0 || !isDatabaseUnavailable(error)) throw databaseUnreachable(databaseUrl, error);
      const delay = Math.round(Math.min(backoff.next(), left));
      log.warn({ reason: wordsOf(error), milliseconds: delay }, 'waiting for Postgres');
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

async function connectOnce(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'px0-start',
  });
  // Told by the attempt itself.
  client.on('error', () => {});
  try {
    await client.connect();
  } finally {
    await client.end().catch(() => {});
  }
}
