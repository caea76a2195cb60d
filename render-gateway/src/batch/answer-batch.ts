import { type KeyDocument, steadyClock } from '@px0/contract';
import { type ErrorCode, type Refusal, refusal } from '../errors.js';
import type { Counters } from '../metrics/counters.js';
import { type Keeping, type Memory, PendingBytes } from '../render/pending-body.js';
import type { Outcome, Renderer } from '../render/renderer.js';
import { Batch } from './batch.js';
import { readBatch } from './batch-body.js';
import type { BatchDesk } from './batch-desk.js';

/** The request and its answer, as HTTP has them. */
export interface BatchExchange {
  /** Whether it was answered, or the client is gone. */
  readonly isOver: boolean;
  /** Calls back with the connection ready to be written to, unless the client is gone. */
  late(answer: () => void): void;
  /** @returns whether it was answered so, and not refused for want of room */
  answer(json: string | Uint8Array<ArrayBuffer>): boolean;
  refuse(reason: Refusal): void;
  /** What the answer tells of a refusal. */
  describe(reason: Refusal): {
    readonly status: number;
    readonly body: { readonly error: string } & Readonly<Record<string, unknown>>;
  };
}

export interface BatchRequest {
  readonly exchange: BatchExchange;
  readonly credential: string;
  /** Valid during the call only; undefined: there were too many. */
  readonly bytes: Uint8Array | undefined;
  readonly renderer: Renderer;
  readonly desk: BatchDesk;
  readonly memory: Memory;
  readonly counters: Counters;
}

/** Answers `POST /v1/renders`, in the call or later: a result or an error for each of its renders, in their order. */
export function answerBatch(request: BatchRequest): void {
  const { exchange, credential, renderer, memory } = request;
  const bytes = request.bytes && new PendingBytes(request.bytes, memory);
  const body: Keeping = bytes ?? { keep: () => true, letGo: () => {} };
  const onAdmitted = (outcome: KeyDocument | Refusal) => {
    const refused = 'code' in outcome ? outcome : begin(request, outcome, bytes);
    if (refused === undefined) return;
    body.letGo();
    answerWhole(exchange, refused);
  };
  const outcome = renderer.admit(credential, body, onAdmitted);
  if (outcome !== undefined) onAdmitted(outcome);
}

/** @returns why the batch is refused as a whole; undefined: it has begun, and lets go of the bytes in the end */
function begin(
  request: BatchRequest,
  key: KeyDocument,
  bytes: PendingBytes | undefined,
): Refusal | undefined {
  const { exchange, credential, renderer, desk, memory, counters } = request;
  if (bytes === undefined) return refusal.bodyTooLarge;
  if (!bytes.keep()) return refusal.unavailable;
  const renders = readBatch(bytes.own());
  if ('code' in renders) return renders;
  if (!desk.enter(key.org_id)) return refusal.unavailable;

  let answersHeld = 0;
  const outcomes: Counted[] = [];
  const batch = new Batch({
    renderer,
    desk,
    orgId: key.org_id,
    credential,
    renders,
    reserve: (length) => {
      const hasRoom = memory.take(length);
      if (hasRoom) answersHeld += length;
      return hasRoom;
    },
    describe: (reason) => {
      const { status, body } = exchange.describe(reason);
      const { error, ...fields } = body;
      return { error, status, ...fields };
    },
    onOutcome: (outcome) => outcomes.push(countedAs(outcome)),
    isOver: () => exchange.isOver,
    done: (whole) => {
      desk.leave(key.org_id);
      memory.give(answersHeld);
      bytes.letGo();
      if (whole !== undefined && answerWhole(exchange, whole)) count(counters, outcomes);
    },
    clock: steadyClock,
  });
  batch.start();
  return undefined;
}

/** @returns whether it was answered, and not refused */
function answerWhole(exchange: BatchExchange, outcome: Outcome): boolean {
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
