import type { Worker } from 'node:worker_threads';
import { type FeedDocument, systemClock } from '@px0/contract';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.js';
import { Evictions } from './documents/evictions.js';
import { FeedFollower } from './feed/feed-follower.js';
import { createFeedReader } from './feed/feed-reader.js';
import type { FollowerState } from './feed/follower-states.js';
import { KeyUseDesk } from './key-uses/key-use-desk.js';
import { createKeyUseReporter } from './key-uses/key-use-store.js';
import { probePort } from './port-check.js';
import type { FromPrimary, Readiness } from './threads/messages.js';
import { ThreadKeeper } from './threads/thread-keeper.js';

/** A gateway that serves. */
export interface Gateway {
  readonly port: number;
  /** The worker threads that live now. */
  readonly workers: readonly Worker[];
  /** Takes no more connections, finishes what is open, and lets go of the feed. */
  close(): Promise<void>;
}

/**
 * The primary thread's side: it follows the feed, keeps the worker threads, and stands between them.
 * Resolves when all threads listen, whether or not the feed can be reached by then.
 *
 * @throws {StartError} if the port cannot be had
 */
export async function startGateway(config: GatewayConfig, { log }: { log: Logger }): Promise<Gateway> {
  const { host, threads, redisUrl, databaseUrl, redisPrefix } = config;
  const port = await probePort(host, config.port);

  const reader = createFeedReader({ redisUrl, databaseUrl, redisPrefix });
  const reporter = createKeyUseReporter({ redisUrl, databaseUrl, redisPrefix });
  const keyUses = new KeyUseDesk({ reporter, clock: systemClock, log });
  const evictions = new Evictions((keys) => keeper.broadcast({ kind: 'evicted', keys }));
  const follower = new FeedFollower({
    reader,
    maxBytes: config.cacheBytes,
    clock: systemClock,
    log,
    onChange: (documents) => keeper.broadcast({ kind: 'changed', documents }),
    onEvict: (key) => evictions.add(key),
  });
  const keeper = new ThreadKeeper({
    count: threads,
    settings: { host, port, templateCacheBytes: config.templateCacheBytes },
    body: new URL('./threads/worker.js', import.meta.url),
    clock: systemClock,
    log,
    onMessage: (message, from) => {
      switch (message.kind) {
        case 'find':
          void find(message.key, from);
          return;
        case 'askReadiness':
          tell(from, { kind: 'readiness', id: message.id, readiness: readinessOf(follower) });
          return;
        case 'used':
          keyUses.used(message.ids);
          return;
        case 'log':
          log[message.level](message.fields, message.text);
          return;
        default:
          message satisfies never;
      }
    },
  });

  async function find(key: string, from: Worker): Promise<void> {
    const lookup = await follower.find(key);
    const document: FeedDocument | null = lookup.known ? lookup.document : null;
    tell(from, { kind: 'found', key, document });
    // What one thread needs the others will need: requests of a tenant reach all of them.
    if (document?.body != null) keeper.broadcast({ kind: 'shared', documents: [document] }, from);
  }

  async function close(): Promise<void> {
    await keeper.stop();
    await keyUses.stop();
    await reporter.close();
    await follower.stop();
    await reader.close();
  }

  follower.start();
  try {
    await keeper.start();
    return {
      port,
      get workers() {
        return keeper.workers;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function tell(worker: Worker, message: FromPrimary): void {
  worker.postMessage(message);
}

/** What readiness says of the feed. Catching up after a gap takes milliseconds, and is no trouble. */
const FEED_WORDS: Readonly<Record<FollowerState, string>> = {
  following: 'OK',
  syncing: 'OK',
  waiting: 'being rebuilt',
  subscribing: 'unreachable',
  lost: 'unreachable',
  stopped: 'stopped',
};

/**
 * A gateway is ready from the moment at which it first knew the feed. When the feed goes away later
 * it stays ready, and says what it lacks: it serves what it holds, and taking every gateway out of
 * service at once would turn the loss of the feed into the loss of everything.
 */
function readinessOf(follower: FeedFollower): Readiness {
  const { state, position } = follower.status();
  return {
    ready: position !== undefined,
    dependencies: { feed: FEED_WORDS[state] },
  };
}
