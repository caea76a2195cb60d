import type { PromptDocument } from '@px0/contract';
import type { Refusal } from '../errors.js';
import type { OwnBytes } from './own-bytes.js';

/** What the answer to a render tells of the prompt. */
export type PromptOfAnswer = Pick<PromptDocument, 'slug' | 'tags'>;

/** A render that costs more than the thread that answers requests may spend. */
export interface RenderOrder {
  readonly orgId: string;
  readonly versionKey: string;
  readonly prompt: PromptOfAnswer;
  /** The request's body. Whoever takes the order takes it along. */
  readonly body: OwnBytes;
}

/** The answer's JSON in UTF-8, or why there is none. */
export type PoolOutcome = Uint8Array<ArrayBuffer> | Refusal;

/** Who takes such orders. */
export interface OrderTaker {
  /** @returns a refusal if there is no room; otherwise `later` is told the outcome, after this call */
  render(
    order: RenderOrder,
    later: (outcome: PoolOutcome) => void,
  ): { readonly outcome: Refusal } | undefined;
}
