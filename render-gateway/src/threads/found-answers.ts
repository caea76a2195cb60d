import type { Worker } from 'node:worker_threads';
import type { FeedDocument } from '@px0/contract';
import type { Found } from './messages.js';

export interface FoundAnswersOptions {
  readonly tell: (worker: Worker, answers: readonly Found[]) => void;
  /** What one thread needs the others will need: requests of a tenant reach all of them. */
  readonly share: (documents: readonly FeedDocument[], except: Worker) => void;
}

/**
 * Gathers the primary's answers to look-ups, so that those of a question to the feed go out in one
 * message to each thread. They go out before anything else happens: what is told of the same documents
 * later, their eviction above all, must get there later.
 */
export class FoundAnswers {
  readonly #options: FoundAnswersOptions;
  #answers = new Map<Worker, Found[]>();

  constructor(options: FoundAnswersOptions) {
    this.#options = options;
  }

  add(worker: Worker, answer: Found): void {
    // After all promises that are settled by now, and before the next turn.
    if (this.#answers.size === 0) process.nextTick(() => this.#flush());
    const answers = this.#answers.get(worker);
    if (answers === undefined) this.#answers.set(worker, [answer]);
    else answers.push(answer);
  }

  #flush(): void {
    const gathered = this.#answers;
    this.#answers = new Map();
    for (const [worker, answers] of gathered) {
      this.#options.tell(worker, answers);
      const documents = answers.flatMap(({ document }) => (document?.body == null ? [] : document));
      if (documents.length > 0) this.#options.share(documents, worker);
    }
  }
}
