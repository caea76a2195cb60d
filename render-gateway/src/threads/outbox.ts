import type { FeedDocument } from '@px0/contract';
import { LIMITS } from '../limits.js';
import type { FromPrimary } from './messages.js';

/** @typeParam Thread whatever stands for a worker thread */
export interface OutboxOptions<Thread> {
  /** Tells one thread at once; see {@link Outbox.tell}. */
  readonly tell: (thread: Thread, message: FromPrimary, handOver: readonly ArrayBuffer[]) => void;
  /** Tells all threads but one at once. */
  readonly broadcast: (message: FromPrimary, except: Thread | undefined) => void;
  /** What of a document the threads are told. */
  readonly forWorkers: (document: FeedDocument) => FeedDocument;
  /** Runs something when others have had their turn. */
  readonly afterTurn: (work: () => void) => void;
}

interface Letter {
  /** Characters of documents. */
  readonly weight: number;
  readonly post: () => void;
}

/**
 * The primary's messages to the worker threads, in their order. Of documents {@link LIMITS.documentsPerTurn}
 * go out in a turn: a thread that is told of tens of megabytes at once answers nobody until it has them, and
 * so does the primary. What comes after such a message waits until it is out.
 */
export class Outbox<Thread> {
  readonly #options: OutboxOptions<Thread>;
  readonly #waiting: Letter[] = [];
  /** In this turn. */
  #sent = 0;

  constructor(options: OutboxOptions<Thread>) {
    this.#options = options;
  }

  /** Documents that changed, in the feed's order. */
  changed(documents: readonly FeedDocument[]): void {
    for (let start = 0; start < documents.length; ) {
      const end = endOfPart(documents, start);
      const part = documents.slice(start, end);
      start = end;
      this.#send(weightOfAll(part), () => {
        const { broadcast, forWorkers } = this.#options;
        broadcast({ kind: 'changed', documents: part.map(forWorkers) }, undefined);
      });
    }
  }

  /** Tells all threads, or all but one. */
  broadcast(message: FromPrimary, except?: Thread): void {
    this.#send(weightOfMessage(message), () => this.#options.broadcast(message, except));
  }

  /**
   * Tells one thread.
   * @param handOver buffers in the message, which are the thread's from then on
   */
  tell(thread: Thread, message: FromPrimary, handOver: readonly ArrayBuffer[] = []): void {
    this.#send(weightOfMessage(message), () => this.#options.tell(thread, message, handOver));
  }

  #send(weight: number, post: () => void): void {
    const letter = { weight, post };
    if (this.#waiting.length === 0 && this.#hasRoom(letter)) this.#post(letter);
    else this.#waiting.push(letter);
  }

  /** What is larger than all that goes out in a turn has one of its own. */
  #hasRoom({ weight }: Letter): boolean {
    return weight === 0 || this.#sent === 0 || this.#sent + weight <= LIMITS.documentsPerTurn;
  }

  #post({ weight, post }: Letter): void {
    if (weight > 0 && this.#sent === 0) this.#options.afterTurn(() => this.#begin());
    this.#sent += weight;
    post();
  }

  #begin(): void {
    this.#sent = 0;
    for (let next = this.#waiting[0]; next !== undefined && this.#hasRoom(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#post(next);
    }
  }
}

/** @returns where the documents end that go out together */
function endOfPart(documents: readonly FeedDocument[], start: number): number {
  let weight = 0;
  for (let at = start; at < documents.length; at++) {
    const document = documents[at];
    weight += document === undefined ? 0 : weightOf(document);
    if (weight > LIMITS.documentsPerTurn && at > start) return at;
  }
  return documents.length;
}

function weightOf({ key, body }: FeedDocument): number {
  return key.length + (body?.length ?? 0);
}

function weightOfMessage(message: FromPrimary): number {
  let documents: readonly FeedDocument[] = [];
  if (message.kind === 'found') documents = message.answers.flatMap(({ document }) => document ?? []);
  else if (message.kind === 'changed' || message.kind === 'shared') documents = message.documents;
  return weightOfAll(documents);
}

function weightOfAll(documents: readonly FeedDocument[]): number {
  return documents.reduce((sum, document) => sum + weightOf(document), 0);
}
