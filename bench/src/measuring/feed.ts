import { randomUUID } from 'node:crypto';
import {
  createApiKey,
  type Document,
  documentKey,
  encodeDocument,
  HEARTBEAT_INTERVAL,
  hashApiKey,
  keyOfDocument,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { compile } from '@px0/template-engine';

/** A prompt with one version, which is live. */
export interface FeedPrompt {
  readonly slug: string;
  readonly template: string;
  /** Of the version that is live: 1, without tags and model. */
  readonly version?: number;
  readonly tags?: readonly string[];
  readonly model?: string;
  readonly model_params?: Readonly<Record<string, unknown>>;
}

/** A document as the feed stores it. */
export interface FeedEntry {
  readonly key: string;
  readonly body: string;
}

/** An organization with one team, and a key that may render all of its prompts. */
export class Tenant {
  readonly key = createApiKey();
  readonly #org_id = randomUUID();
  readonly #team_id = randomUUID();

  /** The document of the key. */
  keyEntry(): FeedEntry {
    const document: Document = {
      kind: 'key',
      id: randomUUID(),
      org_id: this.#org_id,
      team_ids: [this.#team_id],
      operation: 'read_render',
    };
    return { key: documentKey.key(hashApiKey(this.key)), body: encodeDocument(document) };
  }

  /** The documents of a prompt: three of them. */
  entriesOf(prompt: FeedPrompt): FeedEntry[] {
    const { slug, template, version = 1, tags = [], model = null, model_params = null } = prompt;
    const id = randomUUID();
    const [org_id, team_id] = [this.#org_id, this.#team_id];
    const tagged = Object.fromEntries(tags.map((tag) => [tag, version]));
    const documents: Exclude<Document, { kind: 'key' }>[] = [
      { kind: 'slug', org_id, slug, prompts: [{ team_id, prompt_id: id }] },
      { kind: 'prompt', id, org_id, team_id, slug, live: version, tags: tagged },
      {
        kind: 'version',
        prompt_id: id,
        version,
        program: compile(template, { name: slug }),
        missing: 'error',
        model,
        model_params,
      },
    ];
    return documents.map((document) => ({ key: keyOfDocument(document), body: encodeDocument(document) }));
  }
}

/**
 * Writes a feed to an empty key space of Redis. It rings as the publisher's does until it is closed.
 *
 * @param pages of its documents, written one after the other
 */
export async function writeFeed(
  redisUrl: string,
  redisPrefix: string,
  pages: Iterable<readonly FeedEntry[]>,
): Promise<{ close(): Promise<void> }> {
  const writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl, redisPrefix });
  const head = { epoch: randomUUID(), revision: 1 };
  const written = await writer.rebuild(
    head,
    (async function* () {
      yield* pages;
    })(),
  );
  if (written === 'diverged') throw new Error('the store is in use');
  const heartbeat = setInterval(() => void writer.ring(head), HEARTBEAT_INTERVAL);
  return {
    close: async () => {
      clearInterval(heartbeat);
      await writer.close();
    },
  };
}

/** Writes a feed of these prompts, as {@link writeFeed} does, all of one tenant. */
export async function writeFeedOf(
  redisUrl: string,
  redisPrefix: string,
  prompts: readonly FeedPrompt[],
): Promise<{ readonly key: string; close(): Promise<void> }> {
  const tenant = new Tenant();
  const page = [tenant.keyEntry(), ...prompts.flatMap((prompt) => tenant.entriesOf(prompt))];
  const { close } = await writeFeed(redisUrl, redisPrefix, [page]);
  return { key: tenant.key, close };
}
