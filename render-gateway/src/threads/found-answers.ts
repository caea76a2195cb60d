import type { FeedDocument } from '@px0/contract';
import type { Found } from './messages.js';

/** @typeParam Thread whatever stands for a worker thread */
export interface FoundAnswersOptions<Thread> {
  readonly tell: (thread: Thread, answers: readonly Found[]) => void;
  /** What one thread needs the others will need: requests of a tenant reach all of them. */
  readonly share: (documents: readonly FeedDocument[], except: Thread) => void;
}

/**
 * Gathers the primary's answers to look-ups, so that those of a question to the feed go out in one
 * message to each thread. They go out before anything else happens: what is told of the same documents
 * later, their eviction above all, must get there later.
 */
export class FoundAnswers<Thread> {
  readonly #options: FoundAnswersOptions<Thread>;
  #answers = new Map<Thread, Found[]>();

  constructor(options: FoundAnswersOptions<Thread>) {
    this.#options = options;
  }

  add(thread: Thread, answer: Found): void {
    // After all promises that are settled by now, and before the next turn.
    if (this.#answers.size === 0) process.nextTick(() => this.#flush());
    const answers = this.#answers.get(thread);
    if (answers === undefined) this.#answers.set(thread, [answer]);
    else answers.push(answer);
  }

  #flush(): void {
    const gathered = this.#answers;
    this.#answers = new Map();
    for (const [thread, answers] of gathered) {
      this.#options.tell(thread, answers);
      const documents = answers.flatMap(({ document }) => (document?.body == null ? [] : document));
      if (documents.length > 0) this.#options.share(documents, thread);
    }
  }
}
