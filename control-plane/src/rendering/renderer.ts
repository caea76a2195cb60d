import { compile, type JsonObject, load, type Template, TemplateExecutionError } from '@px0/template-engine';
import { LRUCache } from 'lru-cache';
import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import type { StoredVersion } from '../versions/version-schemas.js';
import { findLiveVersion } from '../versions/version-statements.js';
import type { Versions } from '../versions/versions.js';
import type { Rendering, RenderRequest } from './render-schemas.js';

/** Characters of source whose loaded templates are kept. */
const CACHE_SIZE = 8 * 1024 * 1024;

/** Renders versions as a gateway does, from the same engine, but from Postgres: seen at once, and slower. */
export class Renderer {
  readonly #database: Database;
  readonly #lookup: PromptLookup;
  readonly #versions: Versions;
  /** By name and source: a draft may change, a source never does. */
  readonly #loaded = new LRUCache<string, Template>({
    maxSize: CACHE_SIZE,
    sizeCalculation: (_, key) => key.length,
  });

  constructor(database: Database, lookup: PromptLookup, versions: Versions) {
    this.#database = database;
    this.#lookup = lookup;
    this.#versions = versions;
  }

  /**
   * @param reference the prompt: a slug or an id
   * @param version a number or a tag; undefined renders the live version
   * @param teamId picks one of several teams with the slug
   */
  async render(
    {
      reference,
      version,
      teamId,
    }: {
      reference: string;
      version?: string | undefined;
      teamId?: string | undefined;
    },
    request: RenderRequest,
    access: Access,
  ): Promise<Rendering> {
    const { prompt } = await this.#lookup.byReference(reference, teamId, access);
    const found =
      version === undefined
        ? await findLiveVersion(this.#database, prompt.id)
        : await this.#versions.find(this.#database, prompt.id, version);
    if (found === undefined) throw new Refusal('no_live_version');
    return this.renderVersion(prompt.slug, found, request);
  }

  /**
   * @param slug the prompt's
   * @throws {Refusal} if the template fails
   */
  renderVersion(slug: string, version: StoredVersion, request: RenderRequest): Rendering {
    return {
      rendered: this.#execute(slug, version, request),
      version: version.version,
      slug,
      tags: version.tags,
      model: version.model,
      model_params: version.model_params,
    };
  }

  #execute(slug: string, version: StoredVersion, { variables = {}, missing }: RenderRequest): string {
    try {
      return this.#load(slug, version.template).render(variables as JsonObject, {
        missing: missing ?? version.missing,
      });
    } catch (error) {
      if (error instanceof TemplateExecutionError) {
        throw new Refusal('template_execution_failed', { detail: error.message });
      }
      throw error;
    }
  }

  #load(name: string, source: string): Template {
    const key = `${name}\n${source}`;
    const loaded = this.#loaded.get(key) ?? load(compile(source, { name }));
    this.#loaded.set(key, loaded);
    return loaded;
  }
}
