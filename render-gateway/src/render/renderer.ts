import { type Document, documentKey, type FeedDocument, hashApiKey, type KeyDocument } from '@px0/contract';
import { LRUCache } from 'lru-cache';
import type { DocumentCache } from '../documents/document-cache.js';
import type { LookUpDesk } from '../documents/look-up-desk.js';
import { ERRORS, type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { apiKeyOf } from './credential.js';
import { executeInPlace } from './execute.js';
import { type HeldVersion, LoadedVersion } from './loaded-version.js';
import { ownBytes, wholeBytes } from './own-bytes.js';
import type { BodySource, Keeping } from './pending-body.js';
import type { OrderTaker } from './pool-order.js';
import { isReadInPlace, readJsonText, requestBodyOf, textOf } from './request-body.js';
import { isVersionNumber, type Route, resolve } from './resolution.js';
import { RouteCache, type Way } from './route-cache.js';
import { readTarget, type Target } from './target.js';

/** What a render request's head says. */
export interface WantedRender {
  /** The header that carries the API key, as it was sent. */
  readonly credential: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** A render request. */
export interface RenderRequest extends WantedRender {
  readonly body: BodySource;
}

/** A render that is named otherwise than by a path. */
export interface TargetedRequest {
  readonly credential: string;
  readonly target: Target | Refusal;
  readonly body: BodySource;
}

/** The answer's JSON text, or its bytes in UTF-8, or why there is none. */
export type Outcome = string | Uint8Array<ArrayBuffer> | Refusal;

export interface RendererOptions {
  readonly documents: DocumentCache<Document>;
  readonly versions: DocumentCache<HeldVersion>;
  readonly desk: LookUpDesk;
  readonly pool: OrderTaker;
  readonly clock: { now(): number };
  /** A document that was asked for is not held any more when the request goes on. */
  readonly onCrowdedOut: (key: string) => void;
  /** Makes a refusal of an unexpected error, and logs it. */
  readonly onUnexpected: (error: unknown) => Refusal;
}

type Later = (outcome: Outcome) => void;

/** How a render goes on when it is not done in the call. */
export interface Line {
  /** Whether the thread may stand still for a moment for a document. */
  readonly waitsInPlace: boolean;
  /** Goes on, when a document that was waited for is there. */
  readonly turn: (work: () => void) => void;
  readonly pool: OrderTaker;
}

/** A document that must be asked for. */
interface Need {
  readonly needs: string;
  /** The organization that needs it; {@link NOBODY} as long as it is not known. */
  readonly tenantId: string;
}

/** The outcome, or what is needed for it, or undefined: `later` is going to be told. */
type Attempt<T> = { readonly outcome: T } | Need | undefined;

/** What is attempted until all the documents are here that it needs. */
interface Pursuit<T> {
  readonly attempt: () => Attempt<T | Refusal>;
  readonly later: (outcome: T | Refusal) => void;
  readonly keeping: Keeping;
  readonly line: Line;
}

/** What a render wants that is not done at a glance. */
interface Job extends TargetedRequest {
  /** What to remember the way by. */
  readonly request: RenderRequest | undefined;
  readonly line: Line;
}

/** No organization has this id. */
const NOBODY = '';

/** Answers render requests from the documents that a thread holds, and asks for those that it lacks. */
export class Renderer {
  readonly #documents: DocumentCache<Document>;
  readonly #versions: DocumentCache<HeldVersion>;
  readonly #desk: LookUpDesk;
  readonly pool: OrderTaker;
  /** How requests with one render go on. */
  readonly line: Line;
  readonly #clock: RendererOptions['clock'];
  readonly #onCrowdedOut: RendererOptions['onCrowdedOut'];
  readonly #onUnexpected: (error: unknown) => Refusal;
  /** Ids of keys that callers were let through with, those of the remembered ways not yet gathered. */
  readonly #usedKeys = new Set<string>();
  readonly #routes = new RouteCache(this.#usedKeys);
  /** Bounded by size, of one each: `max` would take room for all of them at once. */
  readonly #keyHashes = new LRUCache<string, string>({
    maxSize: LIMITS.hashedKeys,
    sizeCalculation: () => 1,
  });

  constructor({ documents, versions, desk, pool, clock, onCrowdedOut, onUnexpected }: RendererOptions) {
    this.#documents = documents;
    this.#versions = versions;
    this.#desk = desk;
    this.pool = pool;
    this.line = { waitsInPlace: true, turn: (work) => work(), pool };
    this.#clock = clock;
    this.#onCrowdedOut = onCrowdedOut;
    this.#onUnexpected = onUnexpected;
  }

  /** Whether a credential can be refused at a glance: there is none, or its checksum is wrong. */
  isJunk(credential: string): boolean {
    return !this.#routes.knows(credential) && this.#keyDocument(credential) === undefined;
  }

  /** @returns the way that a request like it went; its caller was let through, then and now */
  wayOf(credential: string, path: string, query: string): Way | undefined {
    return this.#routes.find(credential, path, query);
  }

  /**
   * Answers a request that goes a way which is known, if all that it takes is held here.
   * @param way found when its head came, see {@link wayOf}
   * @returns undefined for any other, which is {@link render}'s
   */
  renderHeld(way: Way, bytes: Uint8Array | undefined): Outcome | undefined {
    // Its body may have come by and by, and the key have been revoked meanwhile.
    if (!this.#routes.holds(way) || bytes === undefined || !isReadInPlace(bytes)) return undefined;
    const { route } = way;
    try {
      const version = this.#versions.find(route.versionKey);
      if (!version?.inPlace) return undefined;
      const known = version.recallBytes(bytes, route.prompt);
      if (known !== undefined) return known;
      const text = textOf(bytes);
      if (typeof text !== 'string') return text;
      const again = version.recall(bytes, text, route.prompt);
      if (again !== undefined) return again;
      const read = readJsonText(text);
      if ('code' in read) return read;
      const { input, refused } = requestBodyOf(read);
      if (input === undefined) return refused;
      const outcome = executeInPlace(version, route.prompt, input);
      if (outcome === undefined) version.rest(this.#clock.now());
      else if (typeof outcome === 'string') version.remember(text, route.prompt, outcome);
      return outcome;
    } catch (error) {
      return this.#onUnexpected(error);
    }
  }

  /**
   * Answers within the call when all that it takes is held here.
   * @returns the outcome, or undefined when it is going to be told to `later`, after this call
   */
  render(request: RenderRequest, later: Later): Outcome | undefined {
    const { credential, path, query, body } = request;
    return this.#render(
      { credential, target: readTarget(path, query), body, request, line: this.line },
      later,
    );
  }

  /** As {@link render}, for a request that says in its body what it wants. */
  renderTarget(request: TargetedRequest, later: Later, line: Line): Outcome | undefined {
    return this.#render({ ...request, request: undefined, line }, later);
  }

  /**
   * Looks whose a credential is, for what it came with.
   * @returns the key, or why it opens nothing; undefined when that is going to be told to `later`, after this call
   */
  admit(
    credential: string,
    keeping: Keeping,
    later: (outcome: KeyDocument | Refusal) => void,
  ): KeyDocument | Refusal | undefined {
    const attempt = () => this.#admitFromCache(credential);
    return this.#pursue({ attempt, later, keeping, line: this.line });
  }

  /** Takes in what the feed says, in its order. */
  apply(changed: readonly FeedDocument[]): void {
    this.#routes.forget();
    const awaited: string[] = [];
    for (const document of changed) {
      const { key } = document;
      const cache = this.#cacheOf(key);
      const isAwaited = this.#desk.awaits(key);
      if (isAwaited || cache.knows(key)) cache.put(document);
      if (isAwaited) awaited.push(key);
    }
    // Not before all of it is in: whoever waits goes on at once, and remembers the way that it finds.
    for (const key of awaited) this.#desk.settle(key, true);
  }

  /** Takes in documents that other threads asked for: what is hot there will be here. */
  share(documents: readonly FeedDocument[]): void {
    for (const document of documents) this.#take(document);
  }

  /** Lets go of documents, to ask for them when they are needed. */
  drop(keys: readonly string[]): void {
    this.#routes.forget();
    for (const key of keys) this.#cacheOf(key).drop(key);
  }

  /** Takes in the answer to a question of the desk; null: the feed cannot tell. */
  answer(key: string, document: FeedDocument | null): void {
    if (document !== null) this.#take(document);
    this.#desk.settle(key, document !== null);
  }

  /** @returns ids of the keys that were in use since the last time */
  takeUsedKeys(): string[] {
    this.#routes.gatherUses();
    const ids = [...this.#usedKeys];
    this.#usedKeys.clear();
    return ids;
  }

  #take(document: FeedDocument): void {
    const cache = this.#cacheOf(document.key);
    const changes = cache.knows(document.key);
    if (cache.put(document) && changes) this.#routes.forget();
  }

  #cacheOf(key: string): DocumentCache<Document> | DocumentCache<HeldVersion> {
    return key.startsWith('version:') ? this.#versions : this.#documents;
  }

  #render(job: Job, tell: Later): Outcome | undefined {
    const later = (outcome: Outcome) => {
      job.body.letGo();
      tell(outcome);
    };
    const attempt = () => this.#tryFromCache(job, later);
    const outcome = this.#pursue({ attempt, later, keeping: job.body, line: job.line });
    if (outcome !== undefined) job.body.letGo();
    return outcome;
  }

  #pursue<T>(pursuit: Pursuit<T>): T | Refusal | undefined {
    try {
      return this.#attempt(pursuit, LIMITS.lookUpsPerRequest);
    } catch (error) {
      return this.#onUnexpected(error);
    }
  }

  #attempt<T>(pursuit: Pursuit<T>, lookUpsLeft: number): T | Refusal | undefined {
    const attempt = pursuit.attempt();
    if (attempt === undefined) return undefined;
    if ('outcome' in attempt) return attempt.outcome;
    const { needs, tenantId } = attempt;
    if (lookUpsLeft === 0) {
      this.#onCrowdedOut(needs);
      return refusal.unavailable;
    }
    const { line, keeping, later } = pursuit;
    const answered = line.waitsInPlace ? this.#desk.waitInPlace(needs, tenantId) : undefined;
    if (answered !== undefined) {
      return answered ? this.#attempt(pursuit, lookUpsLeft - 1) : refusal.unavailable;
    }
    if (!keeping.keep()) return refusal.unavailable;
    const goOn = (known: boolean) => {
      try {
        const outcome = known ? this.#attempt(pursuit, lookUpsLeft - 1) : refusal.unavailable;
        if (outcome !== undefined) later(outcome);
      } catch (error) {
        later(this.#onUnexpected(error));
      }
    };
    const isWaiting = this.#desk.wait(needs, tenantId, (known) => line.turn(() => goOn(known)));
    return isWaiting ? undefined : refusal.unavailable;
  }

  #admitFromCache(credential: string): { readonly outcome: KeyDocument | Refusal } | Need {
    const needs = this.#keyDocument(credential);
    if (needs === undefined) return { outcome: refusal.unauthorized };
    const key = this.#documents.find(needs);
    if (key === undefined) return { needs, tenantId: NOBODY };
    if (key?.kind !== 'key') return { outcome: refusal.unauthorized };
    this.#usedKeys.add(key.id);
    return { outcome: key };
  }

  #tryFromCache(job: Job, later: Later): Attempt<Outcome> {
    const { credential, target, request } = job;
    const admitted = this.#admitFromCache(credential);
    if ('needs' in admitted) return admitted;
    const key = admitted.outcome;
    if ('code' in key) return { outcome: key };
    const body = job.body.read();
    if (body.refused !== undefined) return { outcome: body.refused };

    if ('code' in target) return { outcome: target };
    let isHeld = false;
    const resolution = resolve(key, target, (name) => {
      const document = this.#documents.find(name);
      isHeld ||= document != null;
      return document;
    });
    switch (resolution.kind) {
      case 'needs':
        return { needs: resolution.key, tenantId: key.org_id };
      case 'refused':
        return { outcome: this.#orUnavailable(resolution.refusal, isHeld) };
      case 'route': {
        const { route } = resolution;
        const version = this.#versions.find(route.versionKey);
        if (version === undefined) return { needs: route.versionKey, tenantId: key.org_id };
        if (version === null) {
          // A prompt that names a version which is not there is a feed in the middle of a change.
          const reason = isVersionNumber(target.version) ? refusal.versionNotFound : refusal.unavailable;
          return { outcome: reason };
        }
        if (request !== undefined) {
          this.#routes.remember(credential, key.id, request.path, request.query, route);
        }
        return this.#execute(version, route, job, later);
      }
    }
  }

  /** By what was held while changes were not heard of, nothing is known to be absent. */
  #orUnavailable(reason: Refusal, isHeld: boolean): Refusal {
    const isAbsence = ERRORS[reason.code].status === 404;
    return isAbsence && isHeld && !this.#documents.hearsAll ? refusal.unavailable : reason;
  }

  #execute(version: HeldVersion, route: Route, { body: source, line }: Job, later: Later): Attempt<Outcome> {
    const { prompt, versionKey } = route;
    const body = source.read();
    if (body.refused !== undefined) return { outcome: body.refused };
    if (body.input !== undefined && version instanceof LoadedVersion && version.wake(this.#clock.now())) {
      const outcome = executeInPlace(version, prompt, body.input);
      if (outcome !== undefined) return { outcome };
      version.rest(this.#clock.now());
    }
    if (!source.keep()) return { outcome: refusal.unavailable };
    const { org_id: orgId, slug, tags } = prompt;
    const bytes = body.unread === undefined ? ownBytes(body.text) : wholeBytes(body.unread);
    return line.pool.render({ orgId, versionKey, prompt: { slug, tags }, body: bytes }, later);
  }

  #keyDocument(credential: string): string | undefined {
    const known = this.#keyHashes.get(credential);
    if (known !== undefined) return known;
    const token = apiKeyOf(credential);
    if (token === undefined) return undefined;
    const key = documentKey.key(hashApiKey(token));
    if (credential.length <= LIMITS.credentialLength) this.#keyHashes.set(credential, key);
    return key;
  }
}
