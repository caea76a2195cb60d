import { decodeDocument, type FeedHead, InvalidDocumentError } from '@px0/contract';
import type { FromPrimary, FromWorker, Renderer } from '@px0/render-gateway/parts';
import type { Parts } from './parts.js';
import type { World } from './world.js';

/** Bytes of documents and versions that a thread holds: enough for some of all that there is. */
const DOCUMENTS = 20_000;
const VERSIONS = 30_000;

export type Answer =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'unauthorized' | 'not found' | 'unavailable' }
  | { readonly kind: 'wrong'; readonly outcome: unknown };

/** What a worker thread is told of documents, and what the simulation must know of when it was. */
export type ToThread =
  | Extract<FromPrimary, { kind: 'found' | 'changed' | 'shared' | 'evicted' | 'stale' | 'position' }>
  | { readonly kind: 'stood at'; readonly head: FeedHead };

export type ToPrimary = Extract<FromWorker, { kind: 'find' | 'applied' | 'refused' }>;

const KINDS: Readonly<Record<string, Exclude<Answer['kind'], 'rendered' | 'wrong'>>> = {
  unauthorized: 'unauthorized',
  promptNotFound: 'not found',
  unavailable: 'unavailable',
};

const EMPTY_TEXT = '{}';
const EMPTY_BYTES = new TextEncoder().encode(EMPTY_TEXT);
const EMPTY_BODY = {
  read: () => ({ input: { variables: {}, missing: undefined }, text: EMPTY_TEXT }),
  keep: () => true,
  letGo: () => {},
};

/** A worker thread's state: what {@link FromPrimary} messages do to it, and what it answers callers. */
export class SimulatedThread {
  readonly #world: World;
  readonly #renderer: Renderer;
  readonly #primary: (message: ToPrimary) => void;
  readonly #caches: readonly { vouchForAbsences(vouch: boolean): void }[];
  /** Messages arrive in the order in which they were sent. */
  #lastArrival = 0;
  isAlive = true;
  /** Where the primary stood when the last message that arrived here was sent. */
  position: FeedHead | undefined;

  constructor(world: World, parts: Parts, primary: (message: ToPrimary) => void) {
    this.#world = world;
    this.#primary = primary;
    const clock = world.time.clock(() => this.isAlive);
    const cache = {
      clock,
      onUnreadable: (error: unknown, key: string, revision: number) =>
        this.#say({ kind: 'refused', key, revision, reason: String(error) }),
    };
    const documents = new parts.DocumentCache({
      ...cache,
      maxBytes: DOCUMENTS,
      sizeOf: (body) => 512 + body.length * 4,
      read: decodeDocument,
    });
    const versions = new parts.DocumentCache({
      ...cache,
      maxBytes: VERSIONS,
      sizeOf: parts.heapOfVersion,
      read: parts.holdVersion,
    });
    this.#caches = [documents, versions];
    this.#renderer = new parts.Renderer({
      documents,
      versions,
      desk: new parts.LookUpDesk({
        ask: (keys) => this.#say({ kind: 'find', keys }),
        afterTurn: (work) => world.time.after(0, work),
        standStill: () => undefined,
        clock,
      }),
      pool: new parts.PoolDesk({ places: 0, send: () => {} }),
      clock,
      onCrowdedOut: () => {},
      onUnexpected: (error) => {
        if (error instanceof InvalidDocumentError) return { code: 'unavailable' };
        world.violate(`a render failed: ${String(error)}`);
        return { code: 'internal' };
      },
    });
  }

  /** Sends it a message. */
  tell(message: ToThread): void {
    const { time } = this.#world;
    this.#lastArrival = Math.max(this.#lastArrival, time.now + this.#world.random.between(0, 2));
    time.after(this.#lastArrival - time.now, () => {
      if (this.isAlive) this.#take(message);
    });
  }

  /** As the HTTP server does: by the way that a request like it went, and else by whatever it takes. */
  ask(credential: string, slug: string, later: (answer: Answer) => void): void {
    const wanted = { credential, path: `/v1/prompts/${slug}/render`, query: '' };
    const way = this.#renderer.wayOf(credential, wanted.path, wanted.query);
    const outcome =
      (way && this.#renderer.renderHeld(way, EMPTY_BYTES)) ??
      this.#renderer.render({ ...wanted, body: EMPTY_BODY }, (found) => {
        if (this.isAlive) later(read(found));
      });
    if (outcome !== undefined) later(read(outcome));
  }

  #take(message: ToThread): void {
    switch (message.kind) {
      case 'stood at':
        this.position = message.head;
        return;
      case 'position':
        this.#say({ kind: 'applied', revision: message.revision });
        return;
      case 'found':
        for (const { key, document } of message.answers) this.#renderer.answer(key, document);
        return;
      case 'changed':
        this.#renderer.apply(message.documents);
        return;
      case 'shared':
        this.#renderer.share(message.documents);
        return;
      case 'evicted':
        this.#renderer.drop(message.keys);
        return;
      case 'stale':
        for (const cache of this.#caches) cache.vouchForAbsences(message.since === null);
        return;
      default:
        message satisfies never;
    }
  }

  #say(message: ToPrimary): void {
    this.#world.time.after(this.#world.random.between(0, 2), () => {
      if (this.isAlive) this.#primary(message);
    });
  }
}

function read(outcome: unknown): Answer {
  const text = outcome instanceof Uint8Array ? Buffer.from(outcome).toString() : outcome;
  if (typeof text === 'string') {
    const { rendered } = JSON.parse(text) as { rendered: string };
    return { kind: 'rendered', text: rendered };
  }
  const code = (outcome as { code?: string }).code ?? '';
  const kind = KINDS[code];
  return kind === undefined ? { kind: 'wrong', outcome } : { kind };
}
