import { randomUUID } from 'node:crypto';
import {
  createApiKey,
  type Document,
  documentKey,
  encodeDocument,
  type FeedHead,
  HEARTBEAT_INTERVAL,
  hashApiKey,
  type KeyDocument,
  keyOfDocument,
  type MissingKey,
  type SlugDocument,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { compile } from '@px0/template-engine';

type Writer = ReturnType<typeof createFeedWriter>;
type Change = { readonly key: string; readonly body: string | null };

export interface PromptState {
  readonly id: string;
  readonly org_id: string;
  readonly team_id: string;
  readonly slug: string;
  live: number | null;
  tags: Record<string, number>;
}

/** A real feed in Redis, filled by the tests in the publisher's stead, and ringing as it does. */
export class SeededFeed {
  readonly #writer: Writer;
  /** All that was written, to be written again after the store lost it. */
  readonly #state = new Map<string, string | null>();
  readonly #slugs = new Map<string, SlugDocument>();
  readonly #heartbeat: NodeJS.Timeout;
  #head: FeedHead = { epoch: randomUUID(), revision: 0 };
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor({ url, prefix }: { url: string; prefix: string }) {
    this.#writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl: url, redisPrefix: prefix });
    this.#heartbeat = setInterval(() => {
      this.#lastWrite = this.#lastWrite.then(() => this.#writer.ring(this.#head)).catch(() => {});
    }, HEARTBEAT_INTERVAL / 2);
  }

  /** Starts the feed anew, under a new epoch, with all that was ever written. */
  async begin(): Promise<void> {
    const head = { epoch: randomUUID(), revision: this.#head.revision + 1 };
    await this.#writer.rebuild(head, pageOf(this.#state));
    this.#head = head;
  }

  /** From the next {@link begin} on this document is another, or none. @returns what ends that */
  spoil(key: string, body: string | null): () => void {
    const before = this.#state.get(key) ?? null;
    this.#state.set(key, body);
    return () => this.#state.set(key, before);
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#lastWrite;
    await this.#writer.close();
  }

  /** @returns the new key's text */
  async key(document: Partial<KeyDocument> & { org_id: string }): Promise<string> {
    const token = createApiKey();
    await this.replaceKey(token, document);
    return token;
  }

  replaceKey(token: string, document: Partial<KeyDocument> & { org_id: string }): Promise<void> {
    const body = encodeDocument({
      kind: 'key',
      id: randomUUID(),
      team_ids: null,
      operation: 'read_render',
      ...document,
    });
    return this.write([{ key: documentKey.key(hashApiKey(token)), body }]);
  }

  revoke(token: string): Promise<void> {
    return this.write([{ key: documentKey.key(hashApiKey(token)), body: null }]);
  }

  /** A prompt whose versions, numbered from 1, have the given templates. */
  async prompt(
    given: Partial<PromptState> & { org_id: string; slug: string },
    templates: readonly string[],
    settings: { missing?: MissingKey; model?: string; model_params?: Record<string, unknown> } = {},
  ): Promise<PromptState> {
    const prompt: PromptState = { id: randomUUID(), team_id: randomUUID(), live: null, tags: {}, ...given };
    const slugKey = documentKey.slug(prompt.org_id, prompt.slug);
    const entry = { team_id: prompt.team_id, prompt_id: prompt.id };
    const slug: SlugDocument = {
      kind: 'slug',
      org_id: prompt.org_id,
      slug: prompt.slug,
      prompts: [...(this.#slugs.get(slugKey)?.prompts ?? []), entry],
    };
    this.#slugs.set(slugKey, slug);
    const versions = templates.map(
      (template, index): Document => ({
        kind: 'version',
        prompt_id: prompt.id,
        version: index + 1,
        program: compile(template, { name: prompt.slug }),
        missing: settings.missing ?? 'error',
        model: settings.model ?? null,
        model_params: settings.model_params ?? null,
      }),
    );
    await this.put(...versions, { kind: 'prompt', ...prompt }, slug);
    return prompt;
  }

  async update(prompt: PromptState, change: Partial<PromptState>): Promise<void> {
    Object.assign(prompt, change);
    await this.put({ kind: 'prompt', ...prompt });
  }

  put(...documents: Document[]): Promise<void> {
    return this.write(
      documents.map((document) => {
        if (document.kind === 'key') throw new Error('keys are put by their text');
        return { key: keyOfDocument(document), body: encodeDocument(document) };
      }),
    );
  }

  async write(changes: readonly Change[]): Promise<void> {
    const write = this.#lastWrite.then(async () => {
      const documents = changes.map((change, index) => ({
        ...change,
        revision: this.#head.revision + 1 + index,
      }));
      const head = await this.#writer.append(this.#head, documents);
      if (head === 'diverged') throw new Error('somebody else writes this feed');
      this.#head = head;
      for (const { key, body } of changes) this.#state.set(key, body);
    });
    this.#lastWrite = write.catch(() => {});
    await write;
  }
}

async function* pageOf(state: ReadonlyMap<string, string | null>) {
  const page = [...state].flatMap(([key, body]) => (body === null ? [] : [{ key, body }]));
  if (page.length > 0) yield page;
}
