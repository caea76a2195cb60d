import { decodeDocument, InvalidDocumentError, type MissingKey, type VersionDocument } from '@px0/contract';
import { load, type Template } from '@px0/template-engine';
import { LIMITS } from '../limits.js';
import { NOT_FOR_WORKERS } from './long-documents.js';
import type { PromptOfAnswer } from './pool-order.js';

/**
 * Heap that a loaded template takes for each character of its document. `npm run bench --
 * template-memory` saw from 1 (plain text) to 8 (action after action); the rest is room, since the
 * cache must not outgrow its bound.
 */
const HEAP_PER_CHARACTER = 12;
/** The rest of an entry: keys, list nodes, the object itself, and the answer that it remembers, in UTF-16 or UTF-8. */
const HEAP_PER_VERSION = 1_024 + 3 * LIMITS.rememberedAnswer;

const NOTHING = new Uint8Array();

/** A version that is ready to render. */
export class LoadedVersion {
  /** Whether it is rendered where requests are answered. */
  inPlace = true;
  #restsUntil = 0;
  #rest = 0;
  readonly template: Template;
  readonly missing: MissingKey;
  readonly #number: number;
  readonly #model: string;
  #prompt: PromptOfAnswer | undefined;
  #answerEnd = '';
  #lastBody = '';
  #lastAnswer: string | undefined;
  /** In place of these, once they were wanted again: {@link NOTHING} until then. */
  #lastBodyBytes: Uint8Array = NOTHING;
  #lastAnswerBytes: Uint8Array<ArrayBuffer> = NOTHING;

  constructor(document: VersionDocument) {
    this.template = load(document.program);
    this.missing = document.missing;
    this.#number = document.version;
    this.#model = `"model":${JSON.stringify(document.model)},"model_params":${JSON.stringify(document.model_params)}`;
  }

  /**
   * It cost too much in place: it is not rendered there for a while, and for longer each time that it
   * costs too much right after.
   * @param now in milliseconds, on any clock that does not go back
   */
  rest(now: number): void {
    const isSoon = this.#rest > 0 && now - this.#restsUntil < this.#rest;
    this.#rest = isSoon ? Math.min(this.#rest * 2, LIMITS.longestCostlyRest) : LIMITS.costlyRest;
    this.#restsUntil = now + this.#rest;
    this.inPlace = false;
  }

  /** Has it rendered in place again once it has rested. @returns whether it is */
  wake(now: number): boolean {
    if (!this.inPlace) this.inPlace = now >= this.#restsUntil;
    return this.inPlace;
  }

  /**
   * Many prompts get the same body again and again: most often one without variables. The same body, of the
   * same state of the prompt, has the same answer, for templates know neither time nor chance.
   * `npm run bench -- gateway` measures both, the same body and others.
   * @returns the answer that was given last, if this body got it more than once
   */
  recallBytes(body: Uint8Array, prompt: PromptOfAnswer): Uint8Array<ArrayBuffer> | undefined {
    return prompt === this.#prompt && isSame(body, this.#lastBodyBytes) ? this.#lastAnswerBytes : undefined;
  }

  /** As {@link recallBytes}, for a body that got it once: from now on its bytes will do. */
  recall(body: Uint8Array, text: string, prompt: PromptOfAnswer): string | undefined {
    const answer = this.#lastAnswer;
    if (answer === undefined || text !== this.#lastBody || prompt !== this.#prompt) return undefined;
    this.#lastBodyBytes = body.slice();
    this.#lastAnswerBytes = new Uint8Array(Buffer.from(answer));
    this.#lastBody = '';
    this.#lastAnswer = undefined;
    return answer;
  }

  /** Keeps an answer for {@link recall}, if it is short. */
  remember(body: string, prompt: PromptOfAnswer, answer: string): void {
    if (prompt !== this.#prompt || body.length + answer.length > LIMITS.rememberedAnswer) return;
    this.#lastBody = body;
    this.#lastAnswer = answer;
    this.#lastBodyBytes = NOTHING;
  }

  /** All of the answer that follows the rendered text; made once for a state of the prompt. */
  answerEnd(prompt: PromptOfAnswer): string {
    if (this.#prompt !== prompt) {
      this.#prompt = prompt;
      this.#lastAnswer = undefined;
      this.#lastBodyBytes = NOTHING;
      const tags = Object.keys(prompt.tags).filter((tag) => prompt.tags[tag] === this.#number);
      this.#answerEnd = `,"version":${this.#number},"slug":${JSON.stringify(prompt.slug)},"tags":${JSON.stringify(tags.sort())},${this.#model}}`;
    }
    return this.#answerEnd;
  }
}

/** Byte by byte: most differ soon, and the others are short. @returns false for bodies that are empty */
function isSame(body: Uint8Array, other: Uint8Array): boolean {
  if (body.length !== other.length || body.length === 0) return false;
  for (let at = 0; at < body.length; at++) {
    if (body[at] !== other[at]) return false;
  }
  return true;
}

/** A version that is rendered in the pool always. */
export class LongVersion {
  readonly inPlace = false;
}

/** A version as a worker thread holds it. */
export type HeldVersion = LoadedVersion | LongVersion;

/** What a worker thread makes of a version document; otherwise as {@link loadVersion}. */
export function holdVersion(key: string, body: string): HeldVersion {
  return body === NOT_FOR_WORKERS ? new LongVersion() : loadVersion(key, body);
}

/**
 * @param key of a version document, `body` its text
 * @throws {InvalidDocumentError} or the engine's InvalidProgramError
 */
export function loadVersion(key: string, body: string): LoadedVersion {
  const document = decodeDocument(key, body);
  if (document.kind !== 'version') throw new InvalidDocumentError(key, `is a ${document.kind} document`);
  return new LoadedVersion(document);
}

/** Bytes that a version takes once it is loaded, estimated from its document's text. */
export function heapOfVersion(body: string): number {
  return HEAP_PER_VERSION + body.length * HEAP_PER_CHARACTER;
}
