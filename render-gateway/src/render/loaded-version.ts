import {
  decodeDocument,
  InvalidDocumentError,
  type MissingKey,
  type PromptDocument,
  type VersionDocument,
} from '@px0/contract';
import { load, type Template } from '@px0/template-engine';

/**
 * Heap that a loaded template takes for each character of its document. `npm run bench --
 * template-memory` saw from 1 (plain text) to 8 (action after action); the rest is room, since the
 * cache must not outgrow its bound.
 */
const HEAP_PER_CHARACTER = 12;
/** The rest of an entry: keys, list nodes, the object itself. */
const HEAP_PER_VERSION = 1_024;

/** A version that is ready to render. */
export class LoadedVersion {
  readonly template: Template;
  readonly missing: MissingKey;
  readonly #number: number;
  readonly #model: string;
  #prompt: PromptDocument | undefined;
  #answerEnd = '';

  constructor(document: VersionDocument) {
    this.template = load(document.program);
    this.missing = document.missing;
    this.#number = document.version;
    this.#model = `"model":${JSON.stringify(document.model)},"model_params":${JSON.stringify(document.model_params)}`;
  }

  /** All of the answer that follows the rendered text; made once for a state of the prompt. */
  answerEnd(prompt: PromptDocument): string {
    if (this.#prompt !== prompt) {
      this.#prompt = prompt;
      const tags = Object.keys(prompt.tags).filter((tag) => prompt.tags[tag] === this.#number);
      this.#answerEnd = `,"version":${this.#number},"slug":${JSON.stringify(prompt.slug)},"tags":${JSON.stringify(tags.sort())},${this.#model}}`;
    }
    return this.#answerEnd;
  }
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
