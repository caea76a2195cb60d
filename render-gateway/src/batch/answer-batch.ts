import { type Refusal, refusal } from '../errors.js';
import type { Exchange } from '../http/exchange.js';
import type { MemoryInFlight } from '../http/memory-in-flight.js';
import type { Counters } from '../metrics/counters.js';
import { sharedBytes } from '../pool/shared-bytes.js';
import type { Outcome, Renderer } from '../render/renderer.js';
import { Batch } from './batch.js';
import { readBatch } from './batch-body.js';

export interface BatchRequest {
  readonly exchange: Exchange;
  readonly credential: string;
  /** Valid during the call only. */
  readonly bytes: Uint8Array;
  readonly renderer: Renderer;
  readonly memory: MemoryInFlight;
  readonly counters: Counters;
  /** Sends the answer, in the call or later. */
  readonly answer: (outcome: Outcome) => void;
}

/** Answers `POST /v1/renders`: a result or an error for each of its renders, in their order. */
export function answerBatch(request: BatchRequest): void {
  const { exchange, credential, renderer, memory, counters, answer } = request;
  let held = 0;
  const reserve = (bytes: number) => {
    const hasRoom = memory.take(bytes);
    if (hasRoom) held += bytes;
    return hasRoom;
  };
  if (!reserve(request.bytes.byteLength)) {
    answer(refusal.unavailable);
    return;
  }
  const renders = readBatch(sharedBytes(request.bytes));
  if ('code' in renders) {
    memory.give(held);
    refuseBatch(renderer, credential, renders, answer);
    return;
  }
  counters.batches += 1;
  counters.batchRenders += renders.length;
  const batch = new Batch({
    renderer,
    credential,
    renders,
    reserve,
    describe: (reason) => {
      const { status, body } = exchange.describe(reason);
      const { error, ...fields } = body;
      return { error, status, ...fields };
    },
    onOutcome: (outcome) => count(counters, outcome),
    isOver: () => exchange.isOver,
    done: (whole) => {
      memory.give(held);
      if (whole !== undefined) answer(whole);
    },
    clock: performance,
  });
  batch.start();
}

/** Refuses a batch as a whole, unless its key is refused before that. */
export function refuseBatch(
  renderer: Renderer,
  credential: string,
  reason: Refusal,
  answer: (outcome: Outcome) => void,
): void {
  const request = { credential, target: reason, body: { refused: reason } };
  const outcome = renderer.renderTarget(request, answer, renderer.line);
  if (outcome !== undefined) answer(outcome);
}

/** Counts the outcome of a render. */
export function count(counters: Counters, outcome: Outcome): void {
  if (typeof outcome === 'string') counters.renderedInPlace += 1;
  else if ('code' in outcome) counters.refused[outcome.code] += 1;
  else counters.renderedInPool += 1;
}
