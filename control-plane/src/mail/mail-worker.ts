import { Backoff, type Clock, systemClock } from '@px0/contract';
import type { Logger } from 'pino';
import { wordsOf } from '../database/connection-trouble.js';
import type { Database } from '../database/database.js';
import { type ClaimedMail, claimMails, deleteMail, type MailKind, postponeMail } from './mail-statements.js';
import { DeliveryError, type Mail, type MailTransport } from './mail-transport.js';

/** Milliseconds between two looks for mails that other servers left, or that are to be tried again. */
const POLL_INTERVAL = 1_000;
/** Mails that one server sends at a time. */
const MOST_AT_ONCE = 5;
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 15 * 60_000;

/** Writes the mails: makes the code that one holds, and keeps its hash. */
export interface MailWriter {
  /**
   * @param isRetry an earlier try made a code that nobody may have seen
   * @returns undefined if nobody waits for such a mail
   */
  write(kind: MailKind, address: string, isRetry: boolean): Promise<Mail | undefined>;
}

interface MailWorkerOptions {
  readonly database: Database;
  readonly writer: MailWriter;
  readonly transport: MailTransport;
  readonly log: Logger;
  readonly clock?: Clock;
}

/**
 * Sends the mails of the queue in the background: a request neither waits for a mail server nor shows
 * by its duration whether a mail goes out. Every server has one, and they share the work: a mail is
 * claimed for a while, and once it is delivered deleted. A worker that dies in between leaves it to
 * the others, so that a mail may arrive twice but is not lost; the code of the later one is good.
 */
export class MailWorker {
  readonly #options: MailWorkerOptions;
  readonly #clock: Clock;
  readonly #underWay = new Set<Promise<void>>();
  #isAsked = false;
  #stopping = false;
  #wakeUp: (() => void) | undefined;
  /** What is wrong with Postgres, and with the mail server, as the log was told. */
  readonly #troubles = new Map<'queue' | 'delivery', string>();
  #running: Promise<void> | undefined;

  constructor(options: MailWorkerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Goes to work in the background; returns at once, whether or not anything can be reached. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** To be called when a mail has been queued and its transaction is committed. */
  wake(): void {
    this.#isAsked = true;
    this.#wakeUp?.();
  }

  /** Sends what was asked for just now, waits for the mails under way, and ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeUp?.();
    await this.#running;
    await Promise.all(this.#underWay);
    this.#options.transport.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping || this.#isAsked) {
      this.#isAsked = false;
      if (!(await this.#takeMore())) await this.#pause();
    }
  }

  /** @returns whether there may be more to take at once */
  async #takeMore(): Promise<boolean> {
    const room = MOST_AT_ONCE - this.#underWay.size;
    if (room === 0) return false;
    try {
      const claimed = await claimMails(this.#options.database, room);
      this.#troubles.delete('queue');
      for (const mail of claimed) this.#begin(mail);
      return claimed.length === room && !this.#stopping;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  #begin(mail: ClaimedMail): void {
    const delivery = this.#send(mail).finally(() => {
      this.#underWay.delete(delivery);
      this.#wakeUp?.();
    });
    this.#underWay.add(delivery);
  }

  async #send(claimed: ClaimedMail): Promise<void> {
    const { database, writer, transport } = this.#options;
    try {
      const mail = await writer.write(claimed.kind, claimed.address, claimed.attempts > 1);
      if (mail !== undefined) {
        await transport.deliver(mail);
        this.#troubles.delete('delivery');
      }
      await deleteMail(database, claimed);
    } catch (error) {
      // Where even this fails, the end of the claim brings the mail back.
      await this.#setAside(claimed, error).catch((failure: unknown) => this.#report(failure));
    }
  }

  async #setAside(claimed: ClaimedMail, error: unknown): Promise<void> {
    const { database, log } = this.#options;
    const isRefused = error instanceof DeliveryError && error.isFinal;
    if (isRefused || claimed.is_last) {
      await deleteMail(database, claimed);
      const { kind, attempts } = claimed;
      log.error({ err: error, kind, attempts }, 'a mail is given up');
    } else {
      this.#report(error);
      await postponeMail(database, claimed, retryDelay(claimed.attempts));
    }
  }

  /** Logs a trouble when it begins or changes, and not at every try. */
  #report(error: unknown): void {
    const words = wordsOf(error);
    const part = error instanceof DeliveryError ? 'delivery' : 'queue';
    if (words !== this.#troubles.get(part)) {
      this.#options.log.warn({ err: error }, 'mails cannot be sent for now; they wait');
    }
    this.#troubles.set(part, words);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const wakeUp = () => {
        this.#clock.clearTimeout(timer);
        this.#wakeUp = undefined;
        resolve();
      };
      const timer = this.#clock.setTimeout(wakeUp, POLL_INTERVAL);
      this.#wakeUp = wakeUp;
      if (this.#isAsked || this.#stopping) wakeUp();
    });
  }
}

/** @returns milliseconds after a mail's nth try */
function retryDelay(attempts: number): number {
  const backoff = new Backoff(FIRST_RETRY, LONGEST_RETRY, Math.random);
  let delay = backoff.next();
  for (let tries = 1; tries < attempts; tries += 1) delay = backoff.next();
  return delay;
}
