import {
  type Clock,
  documentKey,
  type FeedHead,
  type GatewayReport,
  isOwnDocument,
  steadyClock,
} from '@px0/contract';
import type { Logger } from 'pino';
import { wordsOf } from '../database/connection-trouble.js';
import type { Queries } from '../database/database.js';
import type { OwnedPrompt } from '../prompts/prompt-statements.js';
import type { FeedHouse, Standing } from './feed-house.js';
import type { Rollout } from './rollout-schemas.js';
import { liveVersionNumber, type Outlook, outlookOf } from './rollout-statements.js';

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
  readonly clock?: Clock;
}

/** Where the feed had the documents that carry a change: at the revision of the newest one. */
interface Published extends FeedHead {
  /** The revision of each, by key. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** Somebody who wants to know how far a change is. */
interface Asker {
  readonly promptId: string;
  /** Documents that carry the change. */
  readonly documents: readonly string[];
  /**
   * Where the feed had all of them, once they were published. It stays as long as the feed does: what follows has
   * a later revision, and may wait by then.
   */
  published: Published | undefined;
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
  readonly #clock: Clock;
  readonly #askers = new Set<Asker>();
  #waiting = 0;
  #running = false;
  #wake = () => {};
  #trouble: string | undefined;
  #ending = false;

  constructor(options: RolloutsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
  }

  /**
   * How far a prompt's newest change is.
   * @param version that the change is about; null where it is about none
   * @param wait milliseconds until the answer at the latest, unless all have it before; an answer at once
   *   takes a look, and a second if the feed does not answer
   * @param signal aborted when nobody waits any more
   */
  of(promptId: string, version: number | null, wait: number, signal: AbortSignal): Promise<Rollout> {
    return this.#ask(promptId, ownDocuments(promptId, version), wait, signal);
  }

  /** How far a prompt is, the way to it by its slug, and its live version if there is one. */
  async ofPrompt({ prompt, owner }: OwnedPrompt, wait: number, signal: AbortSignal): Promise<Rollout> {
    const live = await liveVersionNumber(this.#options.queries, prompt.id);
    const documents = [...ownDocuments(prompt.id, live), documentKey.slug(owner.org_id, prompt.slug)];
    return this.#ask(prompt.id, documents, wait, signal);
  }

  #ask(promptId: string, documents: readonly string[], wait: number, signal: AbortSignal): Promise<Rollout> {
    const clock = this.#clock;
    const mayWait = wait > 0 && !this.#ending && this.#waiting < MOST_WAITING;
    return new Promise((resolve) => {
      if (mayWait) this.#waiting += 1;
      const tell = (rollout: Rollout) => {
        if (!this.#askers.delete(asker)) return;
        if (mayWait) this.#waiting -= 1;
        clock.clearTimeout(due);
        clock.clearTimeout(patience);
        signal.removeEventListener('abort', leave);
        resolve(rollout);
      };
      const asker: Asker = {
        promptId,
        documents,
        published: undefined,
        latest: undefined,
        isDue: !mayWait,
        tell,
      };
      const leave = () => tell(asker.latest ?? UNREACHABLE);
      const due = mayWait
        ? clock.setTimeout(() => {
            asker.isDue = true;
            if (asker.latest !== undefined) leave();
          }, wait)
        : undefined;
      const patience = clock.setTimeout(leave, (mayWait ? wait : 0) + PATIENCE);
      this.#askers.add(asker);
      signal.addEventListener('abort', leave);
      if (signal.aborted) leave();
      this.#wake();
      if (!this.#running) void this.#run();
    });
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
      const timer = this.#clock.setTimeout(resolve, time);
      this.#wake = () => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
    });
  }

  async #look(askers: readonly Asker[]): Promise<boolean> {
    try {
      const { queries, house } = this.#options;
      const unpublished = askers.filter(({ published }) => published === undefined);
      const keys = [...new Set(unpublished.flatMap(({ documents }) => documents))];
      // Before the feed is looked at: what does not wait any more stands there.
      const outlook = await outlookOf(queries, keys);
      const standing = await house.look(keys.filter((key) => !outlook.waiting.has(key)));
      const { reports } = standing;
      for (const asker of askers) {
        if (!isStill(standing, outlook, asker.published)) asker.published = undefined;
        asker.published ??= publishedAt(asker.documents, outlook, standing);
        asker.latest = rolloutOf(asker, reports);
        if (asker.isDue || isDone(asker, reports)) asker.tell(asker.latest);
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

function ownDocuments(promptId: string, version: number | null): string[] {
  const prompt = documentKey.prompt(promptId);
  return version === null ? [prompt] : [prompt, documentKey.version(promptId, version)];
}

/**
 * Whether the feed holds all that the database takes it to hold. A store that was emptied or restored does
 * not, until its publisher has noticed and written everything anew.
 */
function isWhole(head: FeedHead | undefined, { epoch, confirmed }: Outlook): head is FeedHead {
  return head !== undefined && head.epoch === epoch && head.revision >= confirmed;
}

/** Whether what was published up to there still is. */
function isStill({ head }: Standing, outlook: Outlook, published: FeedHead | undefined): boolean {
  return (
    published !== undefined &&
    isWhole(head, outlook) &&
    head.epoch === published.epoch &&
    head.revision >= published.revision
  );
}

/** @returns undefined unless all the documents are published in their newest state */
function publishedAt(
  documents: readonly string[],
  outlook: Outlook,
  { head, revisions }: Standing,
): Published | undefined {
  if (!isWhole(head, outlook)) return undefined;
  if (documents.some((key) => outlook.waiting.has(key) || !revisions.has(key))) return undefined;
  const own = new Map(documents.map((key) => [key, revisions.get(key) ?? 0]));
  return { epoch: head.epoch, revision: Math.max(...own.values()), revisions: own };
}

function rolloutOf(asker: Asker, reports: readonly GatewayReport[]): Rollout {
  const { published, promptId } = asker;
  const refused = reports.flatMap(({ gateway, host, refused: documents }) =>
    documents
      .filter(({ key }) => isOwnDocument(promptId, key))
      .map(({ key, ...rest }) => ({
        gateway,
        host,
        document: key,
        revision: rest.revision,
        reason: rest.reason,
      })),
  );
  return {
    feed: published === undefined ? 'pending' : 'published',
    revision: published?.revision ?? null,
    gateways: reports.length,
    reached: reports.filter((report) => isUpTo(report, published) && !refuses(report, asker)).length,
    refused: refused.sort(
      (one, other) => compare(one.host, other.host) || compare(one.document, other.document),
    ),
  };
}

/** Whether nothing will change by waiting: every gateway is so far, or refuses what it would have to take. */
function isDone({ published }: Asker, reports: readonly GatewayReport[]): boolean {
  return (
    published !== undefined &&
    reports.every((report) => isUpTo(report, published) || cannotTake(report, published))
  );
}

/**
 * Whether a gateway will never serve this state of one of the documents. It may have applied all of it without
 * saying so: what it reports is below whatever it refuses and has no room to list.
 */
function cannotTake({ epoch, refused }: GatewayReport, published: Published): boolean {
  return (
    epoch === published.epoch &&
    refused.some(
      ({ key, revision }) => revision >= (published.revisions.get(key) ?? Number.POSITIVE_INFINITY),
    )
  );
}

function isUpTo({ epoch, revision }: GatewayReport, wanted: FeedHead | undefined): boolean {
  return wanted !== undefined && revision !== null && epoch === wanted.epoch && revision >= wanted.revision;
}

function refuses({ refused }: GatewayReport, { documents }: Asker): boolean {
  return refused.some(({ key }) => documents.includes(key));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
