import { type Database, isForeignKeyViolation, type Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import { lockPrompt, takeVersionNumber } from '../prompts/prompt-statements.js';
import { LIFECYCLE, type Verb } from './lifecycle.js';
import { deleteTag, listTags, putTag } from './tag-statements.js';
import { isTag, parseReference } from './version-reference.js';
import type { NewVersion, Status, StoredVersion, Tag, Version, VersionChange } from './version-schemas.js';
import {
  findVersion,
  insertVersion,
  listVersions,
  setStatus,
  stepDownLive,
  updateDraft,
} from './version-statements.js';
import { variablesOf, withVariables } from './version-variables.js';

/** Objects and lists within each other in model_params. */
const DEEPEST_SETTINGS = 64;

/** The versions of prompts. Methods refuse with {@link Refusal}, in the words of the contract. */
export class Versions {
  readonly #database: Database;
  readonly #lookup: PromptLookup;

  constructor(database: Database, lookup: PromptLookup) {
    this.#database = database;
    this.#lookup = lookup;
  }

  /** Numbers are 1, 2, 3 … in the order of commits: the prompt's row is locked until then. */
  async create(promptId: string, wanted: NewVersion, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const variables = variablesOf(wanted.template, prompt.slug);
    demandShallow(wanted.model_params);
    const created = await this.#database.transaction(async (queries) => {
      const number = await takeVersionNumber(queries, prompt.id);
      if (number === undefined) throw new Refusal('prompt_not_found');
      return insertVersion(queries, prompt.id, number, wanted, variables);
    });
    return withVariables(created);
  }

  async list(
    promptId: string,
    filter: { status: Status | undefined; tags: readonly string[] | undefined },
    access: Access,
  ): Promise<Version[]> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const wanted = { ...filter, tags: filter.tags?.filter(isTag) };
    const versions: Version[] = [];
    // One after the other: one that must be compiled first takes long.
    for (const stored of await listVersions(this.#database, prompt.id, wanted)) {
      versions.push(await withVariables(stored));
    }
    return versions;
  }

  /** @param reference a number or a tag */
  async get(promptId: string, reference: string, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return withVariables(await this.find(this.#database, prompt.id, reference));
  }

  /** The version that a query for a prompt asks for, if any. A version and a tag must be the same one. */
  async asked(
    promptId: string,
    { version, tag }: { version?: string | undefined; tag?: string | undefined },
  ): Promise<Version | undefined> {
    const reference = version || tag;
    if (!reference) return undefined;
    const found = await this.find(this.#database, promptId, reference);
    if (tag && !found.tags.includes(tag)) throw new Refusal('version_not_found');
    return withVariables(found);
  }

  async update(promptId: string, reference: string, change: VersionChange, access: Access): Promise<Version> {
    const { template, model, model_params, missing } = change;
    if ([template, model, model_params, missing].every((value) => value === undefined)) {
      throw new Refusal('version_change_required');
    }
    const { prompt } = await this.#lookup.byId(promptId, access);
    const { id } = await this.find(this.#database, prompt.id, reference);
    const variables = template === undefined ? undefined : variablesOf(template, prompt.slug);
    demandShallow(model_params);
    const updated = await updateDraft(this.#database, id, change, variables);
    if (updated === undefined) throw new Refusal('only_drafts_modified');
    return withVariables(updated);
  }

  /** Takes a step of the lifecycle. The one that was live steps down in the same transaction. */
  async step(verb: Verb, promptId: string, reference: string, access: Access): Promise<Version> {
    const { prompt, owner } = await this.#lookup.byId(promptId, access);
    const stepped = await this.#database.transaction(async (queries) => {
      await lockPrompt(queries, prompt.id);
      const version = await this.find(queries, prompt.id, reference);
      const { steps, refusal } = LIFECYCLE[verb];
      const step = steps[version.status];
      if (step === null) throw new Refusal(refusal);
      access.demand(owner, step.action);
      if (step.to === 'live') await stepDownLive(queries, prompt.id);
      return setStatus(queries, version.id, step.to);
    });
    return withVariables(stepped);
  }

  async tag(promptId: string, reference: string, tag: string, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const { version } = await this.find(this.#database, prompt.id, reference);
    try {
      await putTag(this.#database, prompt.id, tag, version);
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new Refusal('version_not_found');
      throw error;
    }
    return withVariables(await this.find(this.#database, prompt.id, String(version)));
  }

  async tags(promptId: string, access: Access): Promise<Tag[]> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return listTags(this.#database, prompt.id);
  }

  async untag(promptId: string, tag: string, access: Access): Promise<void> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const existed = isTag(tag) && (await deleteTag(this.#database, prompt.id, tag));
    if (!existed) throw new Refusal('tag_not_found');
  }

  /** The version as it is stored. @param reference a number or a tag */
  async find(queries: Queries, promptId: string, reference: string): Promise<StoredVersion> {
    const parsed = parseReference(reference);
    const version = parsed && (await findVersion(queries, promptId, parsed));
    if (version === undefined) throw new Refusal('version_not_found');
    return version;
  }
}

/** Settings travel through several encoders, each of which a deep nesting would exhaust. */
function demandShallow(settings: unknown): void {
  let level = [settings];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST_SETTINGS) throw new Refusal('invalid_request_body');
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}
