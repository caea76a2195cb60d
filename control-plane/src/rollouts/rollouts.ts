import { documentKey, type GatewayReport } from '@px0/contract';
import type { Logger } from 'pino';
import { wordsOf } from '../database/connection-trouble.js';
import type { Queries } from '../database/database.js';
import type { FeedHouse } from './feed-house.js';
import type { Rollout } from './rollout-schemas.js';
import { liveVersionNumber, waitingDocuments } from './rollout-statements.js';

/** Milliseconds between two looks while somebody waits, and after one that failed. */
const INTERVAL = 20;
const INTERVAL_IN_TROUBLE = 200;
/** Milliseconds after which whoever does not want to wait hears that the feed is unreachable. */
const PATIENCE = 1_000;
/** Requests that wait at once. Those beyond are told at once what is known. */
const MOST_WAITING = 1_000;

const UNREACHABLE: Rollout = {
  feed: 'unreachable',
  revision: null,
  gateways: null,
  reached: null,
  refused: [],
};

interface RolloutsOptions {
  readonly queries: Queries;
  readonly house: FeedHouse;
  readonly log: Pick<Logger, 'warn'>;
}

/** Somebody who wants to know how far a change is. */
interface Asker {
  readonly promptId: string;
  /** Documents that carry the change: the prompt's, and the version's that it is about. */
  readonly documents: readonly string[];
  /** That of the newest of them, once all are published. It stays: what follows has a later one. */
  revision: number | undefined;
  latest: Rollout | undefined;
  /** Whether what is known is to be told with the next look, however far the change is. */
  isDue: boolean;
  readonly tell: (rollout: Rollout) => void;
}

/**
 * Tells how far changes are on their way to the gateways. All who wait share one look every 20 ms, and
 * none of them holds a connection meanwhile. Nothing is looked at while nobody asks.
 */
export class Rollouts {
  readonly #options: RolloutsOptions;
  readonly #askers = new Set<Asker>();
  #waiting = 0;
  #running = false;
  #wake = () => {};
  #trouble: string | undefined;
  #ending = false;

  constructor(options: RolloutsOptions) {
    this.#options = options;
  }

  /**
   * How far a prompt's newest change is.
   * @param version that the change is about; null where it is about none
   * @param wait milliseconds until the answer at the latest, unless all have it before; an answer at once
   *   takes a look, and a second if the feed does not answer
   * @param signal aborted when nobody waits any more
   */
  of(promptId: string, version: number | null, wait: number, signal: AbortSignal): Promise<Rollout> {
    const mayWait = wait > 0 && !this.#ending && this.#waiting < MOST_WAITING;
    return new Promise((resolve) => {
      if (mayWait) this.#waiting += 1;
      const tell = (rollout: Rollout) => {
        if (!this.#askers.delete(asker)) return;
        if (mayWait) this.#waiting -= 1;
        clearTimeout(due);
        clearTimeout(patience);
        signal.removeEventListener('abort', leave);
        resolve(rollout);
      };
      const asker: Asker = {
        promptId,
        documents: [
          documentKey.prompt(promptId),
          ...(version === null ? [] : [documentKey.version(promptId, version)]),
        ],
        revision: undefined,
        latest: undefined,
        isDue: !mayWait,
        tell,
      };
      const leave = () => tell(asker.latest ?? UNREACHABLE);
      const due = mayWait
        ? setTimeout(() => {
            asker.isDue = true;
            if (asker.latest !== undefined) leave();
          }, wait)
        : undefined;
      const patience = setTimeout(leave, (mayWait ? wait : 0) + PATIENCE);
      this.#askers.add(asker);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      this.#wake();
      if (!this.#running) void this.#run();
    });
  }

  /** How far a prompt is, and its live version if there is one. */
  async ofPrompt(promptId: string, wait: number, signal: AbortSignal): Promise<Rollout> {
    const live = await liveVersionNumber(this.#options.queries, promptId);
    return this.of(promptId, live, wait, signal);
  }

  /** Nobody waits from now on: all are told what is known. For a server that is about to stop. */
  endWaits(): void {
    this.#ending = true;
    for (const asker of this.#askers) asker.isDue = true;
    this.#wake();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#askers.size > 0) {
      const isWell = await this.#look([...this.#askers]);
      if (this.#askers.size > 0) await this.#pause(isWell ? INTERVAL : INTERVAL_IN_TROUBLE);
    }
    this.#running = false;
  }

  /** Resolves after the time, or as soon as somebody else asks. */
  #pause(time: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #look(askers: readonly Asker[]): Promise<boolean> {
    try {
      const { queries, house } = this.#options;
      const unpublished = askers.filter(({ revision }) => revision === undefined);
      const keys = [...new Set(unpublished.flatMap(({ documents }) => documents))];
      // Before the feed is looked at: what does not wait any more stands there.
      const waiting = keys.length === 0 ? new Set<string>() : await waitingDocuments(queries, keys);
      const { revisions, reports } = await house.look(keys.filter((key) => !waiting.has(key)));
      for (const asker of askers) {
        asker.revision ??= revisionOf(asker.documents, waiting, revisions);
        asker.latest = rolloutOf(asker, reports);
        if (asker.isDue || isDone(asker.latest, asker, reports)) asker.tell(asker.latest);
      }
      this.#trouble = undefined;
      return true;
    } catch (err) {
      const trouble = wordsOf(err);
      if (trouble !== this.#trouble) {
        this.#options.log.warn({ err }, 'cannot tell for now how far changes are');
      }
      this.#trouble = trouble;
      for (const asker of askers) {
        asker.latest = UNREACHABLE;
        if (asker.isDue) asker.tell(asker.latest);
      }
      return false;
    }
  }
}

/** @returns undefined unless all the documents are published in their newest state */
function revisionOf(
  documents: readonly string[],
  waiting: ReadonlySet<string>,
  revisions: ReadonlyMap<string, number>,
): number | undefined {
  if (documents.some((key) => waiting.has(key) || !revisions.has(key))) return undefined;
  return Math.max(...documents.map((key) => revisions.get(key) ?? 0));
}

function rolloutOf(asker: Asker, reports: readonly GatewayReport[]): Rollout {
  const { revision, promptId } = asker;
  const refused = reports.flatMap(({ gateway, host, refused: documents }) =>
    documents
      .filter(({ key }) => isOf(promptId, key))
      .map(({ key, ...rest }) => ({
        gateway,
        host,
        document: key,
        revision: rest.revision,
        reason: rest.reason,
      })),
  );
  return {
    feed: revision === undefined ? 'pending' : 'published',
    revision: revision ?? null,
    gateways: reports.length,
    reached: reports.filter((report) => isUpTo(report, revision) && !refuses(report, asker)).length,
    refused: refused.sort(
      (one, other) => compare(one.host, other.host) || compare(one.document, other.document),
    ),
  };
}

/** Whether nothing will change by waiting: every gateway is so far, or refuses what it would have to take. */
function isDone({ feed }: Rollout, asker: Asker, reports: readonly GatewayReport[]): boolean {
  return feed === 'published' && reports.every((report) => isUpTo(report, asker.revision));
}

function isUpTo({ revision }: GatewayReport, wanted: number | undefined): boolean {
  return revision !== null && wanted !== undefined && revision >= wanted;
}

function refuses({ refused }: GatewayReport, { documents }: Asker): boolean {
  return refused.some(({ key }) => documents.includes(key));
}

/** Whether a document is of this prompt. A slug's may be of others too. */
function isOf(promptId: string, key: string): boolean {
  return key === documentKey.prompt(promptId) || key.startsWith(`version:${promptId}:`);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
