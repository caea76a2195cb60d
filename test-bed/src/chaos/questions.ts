import type { Subject } from './judge.js';

/** What gateways are asked, over and over. */
export interface Question {
  readonly subject: Subject;
  /** Of a render route. */
  readonly path: string;
  /** The API key. */
  readonly key: string;
}

/** Questions that were put aside stay, to be asked once more when everything has healed. */
const REMEMBERED = 60;

/** The questions that are asked now, and those that were asked before. */
export class Questions {
  readonly #asked = new Set<Question>();
  readonly #aside: Question[] = [];

  get asked(): readonly Question[] {
    return [...this.#asked];
  }

  get all(): readonly Question[] {
    return [...this.#asked, ...this.#aside];
  }

  add(question: Question): void {
    this.#asked.add(question);
  }

  putAside(question: Question): void {
    if (!this.#asked.delete(question)) return;
    this.#aside.push(question);
    if (this.#aside.length > REMEMBERED) this.#aside.shift();
  }
}
