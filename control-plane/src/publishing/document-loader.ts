import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Document, documentKey, encodeDocument, keyOfDocument, kindOfKey } from '@px0/contract';
import { compile } from '@px0/template-engine';
import type { ClientBase } from 'pg';
import type { Logger } from 'pino';
import {
  KEY_PAGES,
  type KeyRow,
  type PromptRow,
  SELECT_KEYS,
  SELECT_PROMPTS,
  SELECT_SLUGS,
  SELECT_VERSIONS,
  type SlugRow,
  type VersionRow,
} from './document-queries.js';

/** Keys of a page while everything is loaded, and documents that are handed on at once. */
const PAGE_SIZE = 200;
const SLICE_SIZE = 16;
/** Characters. */
const LARGE_TEMPLATE = 16 * 1024;

/** A document's state of now; null: there is no such thing, or none that can be published. */
export interface LoadedDocument {
  readonly key: string;
  readonly body: string | null;
}

/** Makes feed documents of rows. One that cannot be made is logged by name, and left out. */
export class DocumentLoader {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * The state of these documents, in the order of their keys, in a query a kind.
   * @param keys text that is no document key is logged and left out
   */
  async load(client: ClientBase, keys: readonly string[]): Promise<LoadedDocument[]> {
    const wanted = { key: [], slug: [], prompt: [], version: [] } as Record<Document['kind'], string[]>;
    for (const key of keys) {
      const kind = kindOfKey(key);
      if (kind === undefined) this.#log.error({ key }, 'a note names no document: it is dropped');
      else wanted[kind].push(key);
    }
    const found = new Map<string, string>();
    for (const [key, document] of await loadKeys(client, wanted.key)) this.#encode(key, document, found);
    const others = [
      ...(await loadSlugs(client, wanted.slug)),
      ...(await loadPrompts(client, wanted.prompt)),
      ...(await this.#loadVersions(client, wanted.version)),
    ];
    for (const document of others) this.#encode(keyOfDocument(document), document, found);
    return keys
      .filter((key) => kindOfKey(key) !== undefined)
      .map((key) => ({ key, body: found.get(key) ?? null }));
  }

  /** Everything there is, in pages. Takes place in the caller's transaction: one moment for all of it. */
  async *loadAll(client: ClientBase): AsyncGenerator<{ key: string; body: string }[]> {
    for (const query of KEY_PAGES) {
      let after: string | null = null;
      for (;;) {
        const { rows }: { rows: { key: string; after: unknown }[] } = await client.query(query, [
          after,
          PAGE_SIZE,
        ]);
        for (let start = 0; start < rows.length; start += SLICE_SIZE) {
          const keys = rows.slice(start, start + SLICE_SIZE).map(({ key }) => key);
          const documents = await this.load(client, keys);
          yield documents.flatMap(({ key, body }) => (body === null ? [] : [{ key, body }]));
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE_SIZE) break;
        after = JSON.stringify(last.after);
      }
    }
  }

  /** One that cannot be encoded must not keep the others from being published. */
  #encode(key: string, document: Document, found: Map<string, string>): void {
    try {
      found.set(key, encodeDocument(document));
    } catch (err) {
      this.#log.error({ err, key }, 'a document cannot be encoded, and is not published');
    }
  }

  async #loadVersions(client: ClientBase, keys: readonly string[]): Promise<DocumentWithoutKey[]> {
    if (keys.length === 0) return [];
    const parts = keys.map((key) => key.split(':'));
    const { rows } = await client.query<VersionRow>(SELECT_VERSIONS, [
      parts.map(([, promptId]) => promptId),
      parts.map(([, , version]) => Number(version)),
    ]);
    const documents: DocumentWithoutKey[] = [];
    for (const { slug, template, ...row } of rows) {
      // Compiling a large template takes long; requests get their turn in between.
      if (template.length > LARGE_TEMPLATE) await nextTurn();
      try {
        const program = compile(template, { name: slug });
        documents.push({ kind: 'version', ...row, program });
      } catch (err) {
        // It was compiled when it was written: only another engine since then can refuse it.
        this.#log.error(
          { err, prompt_id: row.prompt_id, version: row.version, slug },
          'a version does not compile, and is not published',
        );
      }
    }
    return documents;
  }
}

type DocumentWithoutKey = Exclude<Document, { kind: 'key' }>;

async function loadKeys(client: ClientBase, keys: readonly string[]): Promise<[string, Document][]> {
  if (keys.length === 0) return [];
  const hashes = keys.map((key) => key.slice('key:'.length));
  const { rows } = await client.query<KeyRow>(SELECT_KEYS, [hashes]);
  return rows.map(({ hash, id, org_id, operation, all_teams, team_ids }) => [
    documentKey.key(hash),
    { kind: 'key', id, org_id, operation, team_ids: all_teams ? null : team_ids },
  ]);
}

async function loadSlugs(client: ClientBase, keys: readonly string[]): Promise<DocumentWithoutKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<SlugRow>(SELECT_SLUGS, [
    keys.map((key) => key.split(':')[1]),
    keys.map((key) => key.split(':').slice(2).join(':')),
  ]);
  return rows.map((row) => ({ kind: 'slug', ...row }));
}

async function loadPrompts(client: ClientBase, keys: readonly string[]): Promise<DocumentWithoutKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<PromptRow>(SELECT_PROMPTS, [
    keys.map((key) => key.slice('prompt:'.length)),
  ]);
  return rows.map((row) => ({ kind: 'prompt', ...row }));
}
