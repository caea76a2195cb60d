import { type Document, documentKey, type FeedDocument, hashApiKey } from '@px0/contract';
import { TemplateExecutionError } from '@px0/template-engine';
import { LRUCache } from 'lru-cache';
import type { DocumentCache } from '../documents/document-cache.js';
import type { LookUpDesk } from '../documents/look-up-desk.js';
import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { apiKeyOf } from './credential.js';
import type { LoadedVersion } from './loaded-version.js';
import type { RenderInput, RequestBody } from './request-body.js';
import { isVersionNumber, type Route, resolve } from './resolution.js';
import { RouteCache } from './route-cache.js';
import { readTarget } from './target.js';

/** A render request, read as far as it can be without knowing anything. */
export interface RenderRequest {
  /** The header that carries the API key, as it was sent. */
  readonly credential: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly body: RequestBody;
}

/** The answer's JSON text, or why there is none. */
export type Outcome = string | Refusal;

export interface RendererOptions {
  readonly documents: DocumentCache<Document>;
  readonly versions: DocumentCache<LoadedVersion>;
  readonly desk: LookUpDesk;
  /** Makes a refusal of an unexpected error, and logs it. */
  readonly onUnexpected: (error: unknown) => Refusal;
}

type Attempt = { readonly outcome: Outcome } | { readonly needs: string };

/** Answers render requests from the documents that a thread holds, and asks for those that it lacks. */
export class Renderer {
  readonly #documents: DocumentCache<Document>;
  readonly #versions: DocumentCache<LoadedVersion>;
  readonly #desk: LookUpDesk;
  readonly #onUnexpected: (error: unknown) => Refusal;
  /** Ids of keys that callers were let through with, those of the remembered ways not yet gathered. */
  readonly #usedKeys = new Set<string>();
  readonly #routes = new RouteCache(this.#usedKeys);
  /** Bounded by size, of one each: `max` would take room for all of them at once. */
  readonly #keyHashes = new LRUCache<string, string>({
    maxSize: LIMITS.hashedKeys,
    sizeCalculation: () => 1,
  });

  constructor({ documents, versions, desk, onUnexpected }: RendererOptions) {
    this.#documents = documents;
    this.#versions = versions;
    this.#desk = desk;
    this.#onUnexpected = onUnexpected;
  }

  /** Whether a credential can be refused at a glance: there is none, or its checksum is wrong. */
  isJunk(credential: string): boolean {
    return !this.#routes.knows(credential) && this.#keyDocument(credential) === undefined;
  }

  /**
   * Answers within the call when all that it takes is held here.
   * @returns the outcome, or undefined when it is going to be told to `later`, after this call
   */
  render(request: RenderRequest, later: (outcome: Outcome) => void): Outcome | undefined {
    try {
      const { input } = request.body;
      const route = this.#routes.find(request.credential, request.path, request.query);
      if (route !== undefined && input !== undefined) {
        const version = this.#versions.find(route.versionKey);
        if (version) return execute(version, route, input);
      }
      return this.#attempt(request, later, LIMITS.lookUpsPerRequest);
    } catch (error) {
      return this.#onUnexpected(error);
    }
  }

  /** Takes in what the feed says, in its order. */
  apply(changed: readonly FeedDocument[]): void {
    this.#routes.forget();
    for (const document of changed) {
      const cache = this.#cacheOf(document.key);
      const awaited = this.#desk.awaits(document.key);
      if (awaited || cache.knows(document.key)) cache.put(document);
      if (awaited) this.#desk.settle(document.key, true);
    }
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

  #cacheOf(key: string): DocumentCache<Document> | DocumentCache<LoadedVersion> {
    return key.startsWith('version:') ? this.#versions : this.#documents;
  }

  #attempt(
    request: RenderRequest,
    later: (outcome: Outcome) => void,
    lookUpsLeft: number,
  ): Outcome | undefined {
    const attempt = this.#tryFromCache(request);
    if ('outcome' in attempt) return attempt.outcome;
    if (lookUpsLeft === 0) throw new Error(`${attempt.needs} was asked for, and is not held`);
    const answered = this.#desk.waitInPlace(attempt.needs);
    if (answered !== undefined) {
      return answered ? this.#attempt(request, later, lookUpsLeft - 1) : refusal.unavailable;
    }
    const isWaiting = this.#desk.wait(attempt.needs, (known) => {
      try {
        const outcome = known ? this.#attempt(request, later, lookUpsLeft - 1) : refusal.unavailable;
        if (outcome !== undefined) later(outcome);
      } catch (error) {
        later(this.#onUnexpected(error));
      }
    });
    return isWaiting ? undefined : refusal.unavailable;
  }

  #tryFromCache({ credential, path, query, body }: RenderRequest): Attempt {
    const keyDocument = this.#keyDocument(credential);
    if (keyDocument === undefined) return { outcome: refusal.unauthorized };
    const key = this.#documents.find(keyDocument);
    if (key === undefined) return { needs: keyDocument };
    if (key?.kind !== 'key') return { outcome: refusal.unauthorized };
    this.#usedKeys.add(key.id);
    if (body.refused !== undefined) return { outcome: body.refused };

    const target = readTarget(path, query);
    if ('code' in target) return { outcome: target };
    const resolution = resolve(key, target, (name) => this.#documents.find(name));
    switch (resolution.kind) {
      case 'needs':
        return { needs: resolution.key };
      case 'refused':
        return { outcome: resolution.refusal };
      case 'route': {
        const { route } = resolution;
        const version = this.#versions.find(route.versionKey);
        if (version === undefined) return { needs: route.versionKey };
        if (version === null) {
          // A prompt that names a version which is not there is a feed in the middle of a change.
          const reason = isVersionNumber(target.version) ? refusal.versionNotFound : refusal.unavailable;
          return { outcome: reason };
        }
        this.#routes.remember(credential, key.id, path, query, route);
        return { outcome: execute(version, route, body.input) };
      }
    }
  }

  #keyDocument(credential: string): string | undefined {
    const known = this.#keyHashes.get(credential);
    if (known !== undefined) return known;
    const token = apiKeyOf(credential);
    if (token === undefined) return undefined;
    const key = documentKey.key(hashApiKey(token));
    this.#keyHashes.set(credential, key);
    return key;
  }
}

function execute(version: LoadedVersion, { prompt }: Route, input: RenderInput): Outcome {
  let rendered: string;
  try {
    rendered = version.template.render(input.variables, { missing: input.missing ?? version.missing });
  } catch (error) {
    if (error instanceof TemplateExecutionError) return { code: 'executionFailed', detail: error.message };
    throw error;
  }
  return `{"rendered":${JSON.stringify(rendered)}${version.answerEnd(prompt)}`;
}
