import { REASON_LENGTH, REFUSALS_LISTED, type RefusedDocument } from '@px0/contract';
import type { Logger } from 'pino';
import { LIMITS } from '../limits.js';
import type { Counters } from '../metrics/counters.js';

/**
 * Documents that this gateway cannot use, in the state that it refuses. Beyond a bound the oldest go, and
 * nothing but the lowest of their revisions is remembered.
 */
export class Refusals {
  readonly #refused = new Map<string, RefusedDocument>();
  /** The lowest revision of those that went; and of those that went since everything is being read anew. */
  #dropped = Number.POSITIVE_INFINITY;
  #droppedInSweep = Number.POSITIVE_INFINITY;
  readonly #counters: Pick<Counters, 'documentsRefused'>;
  readonly #log: Pick<Logger, 'error'>;
  readonly #onChange: () => void;

  /** @param onChange told when the documents that are refused are others than before */
  constructor(
    counters: Pick<Counters, 'documentsRefused'>,
    log: Pick<Logger, 'error'>,
    onChange: () => void,
  ) {
    this.#counters = counters;
    this.#log = log;
    this.#onChange = onChange;
  }

  /** How many documents are refused now. */
  get size(): number {
    return this.#refused.size;
  }

  keys(): Iterable<string> {
    return this.#refused.keys();
  }

  /** @returns the revision of the state that is refused, undefined for a document of which none is */
  revisionOf(key: string): number | undefined {
    return this.#refused.get(key)?.revision;
  }

  /** Refuses a state; logs it the first time, whoever says so. */
  add(key: string, revision: number, reason: string): void {
    const known = this.#refused.get(key);
    if (known !== undefined && known.revision >= revision) return;
    this.#refused.delete(key);
    this.#refused.set(key, { key, revision, reason: reason.slice(0, REASON_LENGTH) });
    if (this.#refused.size > LIMITS.refusals) {
      const [oldest] = this.#refused.values();
      if (oldest !== undefined) this.#drop(oldest);
    }
    this.#counters.documentsRefused += 1;
    this.#log.error(
      { key, revision, reason },
      'a feed document cannot be used and is refused; its state before stays in use, if there is one',
    );
    this.#onChange();
  }

  /** A newer state, or its absence, is the one that counts now. */
  end(key: string, revision: number): void {
    const known = this.#refused.get(key);
    if (known === undefined || known.revision >= revision) return;
    this.#refused.delete(key);
    this.#onChange();
  }

  /** Everything is going to be read anew, those that went among it. */
  startSweep(): void {
    this.#droppedInSweep = Number.POSITIVE_INFINITY;
  }

  /** Everything was read anew. */
  finishSweep(): void {
    this.#dropped = this.#droppedInSweep;
  }

  /** @returns below which revision no state is refused; infinite if none is */
  earliest(): number {
    return lowestOf(this.#refused.values(), this.#dropped);
  }

  /** @returns as {@link earliest}, of those that {@link list} leaves out */
  earliestUnlisted(): number {
    const unlisted = Math.max(0, this.#refused.size - REFUSALS_LISTED);
    return lowestOf([...this.#refused.values()].slice(0, unlisted), this.#dropped);
  }

  /** @returns those refused last, as many as a report lists */
  list(): RefusedDocument[] {
    return [...this.#refused.values()].slice(-REFUSALS_LISTED);
  }

  #drop({ key, revision }: RefusedDocument): void {
    this.#refused.delete(key);
    this.#dropped = Math.min(this.#dropped, revision);
    this.#droppedInSweep = Math.min(this.#droppedInSweep, revision);
  }
}

function lowestOf(refused: Iterable<RefusedDocument>, start: number): number {
  let lowest = start;
  for (const { revision } of refused) lowest = Math.min(lowest, revision);
  return lowest;
}
