import { steadyClock } from '@px0/contract';
import { type ErrorCode, type Refusal, refusal } from '../errors.js';
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
}

/** Answers `POST /v1/renders`, in the call or later: a result or an error for each of its renders, in their order. */
export function answerBatch(request: BatchRequest): void {
  const { exchange, credential, renderer, memory, counters } = request;
  let held = 0;
  const reserve = (bytes: number) => {
    const hasRoom = memory.take(bytes);
    if (hasRoom) held += bytes;
    return hasRoom;
  };
  if (!reserve(request.bytes.byteLength)) {
    exchange.refuse(refusal.unavailable);
    return;
  }
  const renders = readBatch(sharedBytes(request.bytes));
  if ('code' in renders) {
    memory.give(held);
    refuseBatch(exchange, renderer, credential, renders);
    return;
  }
  const outcomes: Counted[] = [];
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
    onOutcome: (outcome) => outcomes.push(countedAs(outcome)),
    isOver: () => exchange.isOver,
    done: (whole) => {
      memory.give(held);
      if (whole !== undefined && answerWhole(exchange, whole)) count(counters, outcomes);
    },
    clock: steadyClock,
  });
  batch.start();
}

/** Refuses a batch as a whole, unless its key is refused before that. */
export function refuseBatch(
  exchange: Exchange,
  renderer: Renderer,
  credential: string,
  reason: Refusal,
): void {
  const request = { credential, target: reason, body: { refused: reason } };
  const answer = (outcome: Outcome) => void answerWhole(exchange, outcome);
  const outcome = renderer.renderTarget(request, answer, renderer.line);
  if (outcome !== undefined) answer(outcome);
}

/** @returns whether it was answered, and not refused */
function answerWhole(exchange: Exchange, outcome: Outcome): boolean {
  let isAnswered = false;
  exchange.late(() => {
    if (typeof outcome === 'string' || !('code' in outcome)) isAnswered = exchange.answer(outcome);
    else exchange.refuse(outcome);
  });
  return isAnswered;
}

/** What one render of a batch is counted as. */
type Counted = 'renderedInPlace' | 'renderedInPool' | { readonly refused: ErrorCode };

function countedAs(outcome: Outcome): Counted {
  if (typeof outcome === 'string') return 'renderedInPlace';
  return 'code' in outcome ? { refused: outcome.code } : 'renderedInPool';
}

function count(counters: Counters, outcomes: readonly Counted[]): void {
  counters.batches += 1;
  counters.batchRenders += outcomes.length;
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') counters[outcome] += 1;
    else counters.refused[outcome.refused] += 1;
  }
}
