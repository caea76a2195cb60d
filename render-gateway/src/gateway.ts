import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { steadyClock, systemClock } from '@px0/contract';
import type { Logger } from 'pino';
import type { GatewayConfig } from './config.js';
import { Evictions } from './documents/evictions.js';
import { FeedFollower } from './feed/feed-follower.js';
import { createFeedReader } from './feed/feed-reader.js';
import { KeyUseDesk } from './key-uses/key-use-desk.js';
import { createKeyUseReporter } from './key-uses/key-use-store.js';
import { LIMITS } from './limits.js';
import { type Counters, createCounters } from './metrics/counters.js';
import { RenderPool } from './pool/render-pool.js';
import { probePort, warnOfLostConnections } from './port-check.js';
import { forWorkers } from './render/long-documents.js';
import { ReportDesk } from './reports/report-desk.js';
import { createGatewayReporter } from './reports/report-store.js';
import { DocumentScreen } from './screening/document-screen.js';
import { LateJudgements } from './screening/late-judgements.js';
import { Refusals } from './screening/refusals.js';
import { createSnapshotKeeper, knownFeed } from './snapshot/snapshot-keeper.js';
import { StalenessWatch } from './staleness/staleness-watch.js';
import { FoundAnswers } from './threads/found-answers.js';
import { HangWatch } from './threads/hang-watch.js';
import { Outbox } from './threads/outbox.js';
import { ReadinessDesk } from './threads/readiness-desk.js';
import { ThreadKeeper } from './threads/thread-keeper.js';
import { hearWorkers } from './threads/worker-messages.js';

/** A gateway that serves. */
export interface Gateway {
  readonly port: number;
  /** The worker threads that live now. */
  readonly workers: readonly Worker[];
  /** What this gateway counted so far; the worker threads tell of theirs once a second. */
  metrics(): Counters;
  /** Takes no more connections, finishes what is open, and lets go of the feed. */
  close(): Promise<void>;
}

/**
 * The primary thread's side: it follows the feed, keeps the worker threads, and stands between them.
 * Resolves when all threads listen, whether or not the feed can be reached by then; but where the port
 * is shared they listen only once the feed is known, for others answer meanwhile.
 *
 * @param options.stop no longer waits for that, and does not listen any more
 * @throws {StartError} if the port cannot be had
 */
export async function startGateway(
  config: GatewayConfig,
  { log, stop }: { log: Logger; stop?: AbortSignal },
): Promise<Gateway> {
  const { host, threads, redisUrl, databaseUrl, redisPrefix } = config;
  const isShared = config.sharePort === 'on';
  const port = await probePort(host, config.port, isShared);
  if (isShared) await warnOfLostConnections(log);

  const reader = createFeedReader({ redisUrl, databaseUrl, redisPrefix });
  const reporter = createKeyUseReporter({ redisUrl, databaseUrl, redisPrefix });
  const keyUses = new KeyUseDesk({ reporter, clock: steadyClock, unixTime: Date.now, log });
  const gatewayReporter = createGatewayReporter({ redisUrl, databaseUrl, redisPrefix });
  const counters = createCounters();
  const refusals = new Refusals(counters, log, () => {
    reports.changed();
    snapshots?.changed();
  });
  const lateJudgements: LateJudgements = new LateJudgements({
    held: (key) => follower.peek(key),
    judge: (document) => pool.judge(document),
    onSettled: () => reports.changed(),
    clock: steadyClock,
  });
  const reports = new ReportDesk<Worker>({
    reporter: gatewayReporter,
    host: hostname(),
    refusals,
    judged: () => lateJudgements.earliest(),
    threads: () => keeper.workers,
    ask: (worker, revision) => outbox.tell(worker, { kind: 'position', revision }),
    clock: steadyClock,
    log,
  });
  const evictions = new Evictions((keys) => outbox.broadcast({ kind: 'evicted', keys }));
  const snapshots = createSnapshotKeeper(config, {
    known: () => knownFeed(follower.status(), refusals.earliest()),
    documents: (position) => follower.documents(position),
    counters,
    clock: systemClock,
    log,
  });
  const restored = snapshots?.open();
  const staleness = new StalenessWatch({
    clock: systemClock,
    tell: (since) => outbox.broadcast({ kind: 'stale', since }),
    currentAt: restored?.currentAt,
  });
  const follower = new FeedFollower({
    reader,
    maxBytes: config.cacheBytes,
    clock: systemClock,
    log,
    onChange: (documents) => outbox.changed(documents),
    onEvict: (key) => evictions.add(key),
    onEvent: () => readiness.look(),
    screen: new DocumentScreen(refusals, lateJudgements),
    onMove: (head) => {
      reports.moved(head);
      snapshots?.changed();
    },
    onState: (status) => staleness.saw(status),
    restored,
  });
  restored?.close();
  const readiness = new ReadinessDesk({
    status: () => follower.status(),
    tell: (now) => outbox.broadcast({ kind: 'readiness', readiness: now }),
  });
  const found = new FoundAnswers<Worker>({
    tell: (worker, answers) => outbox.tell(worker, { kind: 'found', answers }),
    share: (documents, except) => outbox.broadcast({ kind: 'shared', documents }, except),
  });
  const outbox = new Outbox<Worker>({
    tell: (worker, message, handOver) => keeper.tell(worker, message, handOver),
    broadcast: (message, except) => keeper.broadcast(message, except),
    forWorkers,
    afterTurn: setImmediate,
  });
  const pool = new RenderPool({
    threads: config.poolThreads,
    queue: config.poolQueue,
    memory: config.poolMemory,
    timeout: config.renderTimeout,
    find: async (key) => {
      const lookup = await follower.find(key);
      return lookup.known ? lookup.document : null;
    },
    onUnreadable: (key, revision, reason) => follower.refuse(key, revision, reason),
    counters,
    clock: steadyClock,
    log,
  });
  const keeper: ThreadKeeper = new ThreadKeeper({
    count: threads,
    settings: {
      host,
      port,
      templateCacheBytes: config.templateCacheBytes,
      poolPlaces: config.poolThreads + config.poolQueue,
      maxStaleness: config.maxStaleness,
      bounds: {
        maxBodyBytes: config.maxBodyBytes,
        requestTimeout: config.requestTimeout,
        inFlightBytes: Math.floor(config.inFlightBytes / threads),
        idleGrace: config.idleGrace,
      },
      corsOrigins: config.corsOrigins?.split(',') ?? [],
    },
    body: new URL('./threads/worker.js', import.meta.url),
    clock: steadyClock,
    log,
    greeting: () => [
      { kind: 'readiness', readiness: readiness.current },
      { kind: 'stale', since: staleness.since },
      { kind: 'position', revision: follower.status().position?.revision ?? 0 },
    ],
    onMessage: hearWorkers<Worker>({ follower, found, keyUses, reports, pool, outbox, counters, log }),
  });

  const hangs = new HangWatch({
    beats: () => keeper.beats(),
    onHang: () => {
      log.fatal('a worker thread hangs: the process ends, for a thread cannot be ended alone');
      process.kill(process.pid, 'SIGKILL');
    },
    clock: steadyClock,
  });

  async function close(): Promise<void> {
    hangs.stop();
    lateJudgements.stop();
    const began = steadyClock.now();
    await keeper.stop();
    // Side by side, as each may wait for a store that does not answer.
    const ends = Promise.all([
      pool.close(),
      reports.stop().then(() => gatewayReporter.close()),
      keyUses.stop().then(() => reporter.close()),
      endFollowing(),
    ]);
    const time = Math.max(began + LIMITS.stop - steadyClock.now(), LIMITS.shortestStop);
    const isOver = await Promise.race([ends.then(() => true), sleep(time, false, { ref: false })]);
    if (!isOver) log.warn('the gateway ends without waiting any longer for its stores');
  }

  async function endFollowing(): Promise<void> {
    await snapshots?.stop();
    staleness.stop();
    await follower.stop();
    await reader.close();
  }

  follower.start();
  reports.start();
  try {
    // Nothing is served from a snapshot alone while the feed is there to be asked.
    if (restored !== undefined) await Promise.race([staleness.decided, sleep(LIMITS.restoredWait)]);
    if (isShared) await Promise.race([readiness.ready, aborted(stop)]);
    if (stop?.aborted !== true) await keeper.start();
    hangs.start();
    return {
      port,
      get workers() {
        return keeper.workers;
      },
      metrics: () => structuredClone(counters),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
