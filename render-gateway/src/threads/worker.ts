import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { decodeDocument, systemClock } from '@px0/contract';
import { DocumentCache } from '../documents/document-cache.js';
import { LookUpDesk } from '../documents/look-up-desk.js';
import { internalError } from '../http/answer.js';
import { Server } from '../http/server.js';
import { LIMITS } from '../limits.js';
import { heapOfVersion, loadVersion } from '../render/loaded-version.js';
import { Renderer } from '../render/renderer.js';
import type { FromPrimary, FromWorker, Readiness, WorkerSettings } from './messages.js';

/** A worker thread: its caches, its server, and its line to the primary thread. */
function runWorker(primary: MessagePort, settings: WorkerSettings): void {
  const tell = (message: FromWorker) => primary.postMessage(message);
  const onUnreadable = (error: unknown, key: string, revision: number) =>
    tell({
      kind: 'log',
      level: 'error',
      fields: { key, revision, reason: String(error) },
      text: 'a feed document cannot be read; its state before stays in use, if there is one',
    });

  const renderer = new Renderer({
    documents: new DocumentCache({
      maxBytes: LIMITS.documentCacheBytes,
      sizeOf: heapOfDocument,
      read: decodeDocument,
      onUnreadable,
      clock: systemClock,
    }),
    versions: new DocumentCache({
      maxBytes: settings.templateCacheBytes,
      sizeOf: heapOfVersion,
      read: loadVersion,
      onUnreadable,
      clock: systemClock,
    }),
    desk: new LookUpDesk((key) => tell({ kind: 'find', key })),
    onUnexpected: (error) => {
      const { requestId, refusal } = internalError();
      const stack = error instanceof Error ? error.stack : String(error);
      tell({ kind: 'log', level: 'error', fields: { request_id: requestId, stack }, text: 'render failed' });
      return refusal;
    },
  });

  const tellUses = () => {
    const ids = renderer.takeUsedKeys();
    if (ids.length > 0) tell({ kind: 'used', ids });
  };
  setInterval(tellUses, LIMITS.keyUseInterval).unref();

  const readinessAsked = new Map<number, (readiness: Readiness) => void>();
  let questions = 0;
  const server = new Server({
    renderer,
    readiness: () =>
      new Promise((resolve) => {
        questions += 1;
        readinessAsked.set(questions, resolve);
        tell({ kind: 'askReadiness', id: questions });
      }),
  });

  primary.on('message', (message: FromPrimary) => {
    switch (message.kind) {
      case 'found':
        renderer.answer(message.key, message.document);
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
      case 'readiness':
        readinessAsked.get(message.id)?.(message.readiness);
        readinessAsked.delete(message.id);
        return;
      case 'drain':
        void server.drain().then(() => {
          tellUses();
          process.exit(0);
        });
        return;
      default:
        message satisfies never;
    }
  });

  // Node aborts the whole process if a thread ends with a socket of uWebSockets.js open. This runs
  // however the thread ends of itself, by an exception too; only Worker.terminate() passes it by.
  process.on('exit', () => server.close());
  if (!server.listen(settings.host, settings.port)) {
    throw new Error(`cannot listen on ${settings.host}:${settings.port}`);
  }
  tell({ kind: 'listening' });
}

/** Bytes that a key, slug or prompt document takes once it is read, estimated from its text. */
function heapOfDocument(body: string): number {
  return 512 + body.length * 4;
}

if (parentPort === null) throw new Error('this file is the body of a worker thread');
runWorker(parentPort, workerData as WorkerSettings);
