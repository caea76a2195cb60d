import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { decodeDocument, InvalidDocumentError, steadyClock, systemClock } from '@px0/contract';
import { DocumentCache } from '../documents/document-cache.js';
import { LookUpDesk } from '../documents/look-up-desk.js';
import { reasonOf } from '../documents/reason.js';
import { refusal } from '../errors.js';
import type { Readiness } from '../http/readiness.js';
import { Server } from '../http/server.js';
import { LIMITS } from '../limits.js';
import { createCounters, takeCounters } from '../metrics/counters.js';
import { PoolDesk } from '../pool/pool-desk.js';
import { heapOfVersion, holdVersion } from '../render/loaded-version.js';
import { Renderer } from '../render/renderer.js';
import { Staleness } from '../staleness/staleness.js';
import { watchHeap } from './heap-watch.js';
import type { FromPrimary, FromWorker, ThreadSettings } from './messages.js';
import { PrimaryLine } from './primary-line.js';
import { seldom } from './seldom.js';

/** A worker thread: its caches, its server, and its line to the primary thread. */
function runWorker(port: MessagePort, settings: ThreadSettings): void {
  const primary = new PrimaryLine(port, settings.posted);
  const tell = (message: FromWorker, handOver?: readonly ArrayBuffer[]) => primary.tell(message, handOver);
  const onUnreadable = (error: unknown, key: string, revision: number) =>
    tell({ kind: 'refused', key, revision, reason: reasonOf(error) });

  const documents = new DocumentCache({
    maxBytes: LIMITS.documentCacheBytes,
    sizeOf: heapOfDocument,
    read: decodeDocument,
    onUnreadable,
    clock: steadyClock,
  });
  const versions = new DocumentCache({
    maxBytes: settings.templateCacheBytes,
    sizeOf: heapOfVersion,
    read: holdVersion,
    onUnreadable,
    clock: steadyClock,
  });
  const staleness = new Staleness(settings.maxStaleness, systemClock);
  const pool = new PoolDesk({
    places: settings.poolPlaces,
    send: (id, order) => tell({ kind: 'pool', id, order }, [order.body.buffer]),
  });
  const renderer = new Renderer({
    documents,
    versions,
    desk: new LookUpDesk({
      ask: (keys) => tell({ kind: 'find', keys }),
      afterTurn: setImmediate,
      standStill: () => primary.standStill(),
      clock: steadyClock,
    }),
    pool,
    clock: steadyClock,
    onCrowdedOut: seldom(LIMITS.crowdedOutInterval, steadyClock, (key) => {
      const text = 'documents that one render takes push each other out: PX0_CACHE_BYTES is too small';
      tell({ kind: 'log', level: 'warn', fields: { key }, text });
    }),
    onUnexpected: (cause) =>
      // Told already, when it was read: as with a feed that cannot be asked, the document's state is not known.
      cause instanceof InvalidDocumentError ? refusal.unavailable : { code: 'internal', cause },
  });

  const tellUses = () => {
    const ids = renderer.takeUsedKeys();
    if (ids.length > 0) tell({ kind: 'used', ids });
  };
  setInterval(tellUses, LIMITS.keyUseInterval).unref();

  const counters = createCounters();
  const tellCounters = () => {
    const counted = takeCounters(counters);
    if (counted !== undefined) tell({ kind: 'counted', counters: counted });
  };
  setInterval(tellCounters, LIMITS.countersInterval).unref();

  const { beats } = settings;
  // Nobody else writes to it, so this need not be atomic, which would cost each request more.
  const beat = () => {
    beats[0] = (beats[0] ?? 0) + 1;
  };

  let readiness: Readiness = { ready: false, dependencies: {} };
  const server = new Server({
    ...settings.bounds,
    renderer,
    counters,
    readiness: () => readiness,
    staleness,
    corsOrigins: settings.corsOrigins,
    clock: steadyClock,
    // Timers have their turn after all requests that are there: an overload is no hang.
    onRequest: beat,
    onFailure: (requestId, error) => {
      const stack = error instanceof Error ? error.stack : String(error);
      tell({ kind: 'log', level: 'error', fields: { request_id: requestId, stack }, text: 'render failed' });
    },
  });

  const handle = (message: FromPrimary) => {
    switch (message.kind) {
      case 'found':
        for (const { key, document } of message.answers) renderer.answer(key, document);
        return;
      case 'changed':
        renderer.apply(message.documents);
        return;
      case 'shared':
        renderer.share(message.documents);
        return;
      case 'evicted':
        renderer.drop(message.keys);
        return;
      case 'position':
        tell({ kind: 'applied', revision: message.revision });
        return;
      case 'readiness':
        readiness = message.readiness;
        return;
      case 'stale':
        staleness.tell(message.since);
        for (const cache of [documents, versions]) cache.vouchForAbsences(!staleness.isStale);
        return;
      case 'pooled':
        pool.settle(message.id, message.outcome);
        return;
      case 'drain':
        void server.drain().then(() => {
          tellUses();
          tellCounters();
          process.exit(0);
        });
        return;
      default:
        message satisfies never;
    }
  };

  // Node aborts the whole process if a thread ends with a socket of uWebSockets.js open. This runs
  // however the thread ends of itself, by an exception too; only Worker.terminate() passes it by.
  process.on('exit', () => server.close());
  primary.open(handle);
  if (!server.listen(settings.host, settings.port)) {
    throw new Error(`cannot listen on ${settings.host}:${settings.port}`);
  }
  tell({ kind: 'listening' });
  watchHeap((heap) => tell({ kind: 'full', ...heap }));
  setInterval(beat, LIMITS.heartbeat).unref();
}

/** Bytes that a key, slug or prompt document takes once it is read, estimated from its text. */
function heapOfDocument(body: string): number {
  return 512 + body.length * 4;
}

if (parentPort === null) throw new Error('this file is the body of a worker thread');
runWorker(parentPort, workerData as ThreadSettings);
