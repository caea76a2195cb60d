import { nameAuthor } from '../database/author.js';
import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { heavyPageOf } from '../http/heavy-pages.js';
import { demandShallow } from '../http/nesting.js';
import type { ListPage, Slice } from '../http/paging.js';
import type { Owner } from '../http/policy.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import { takeVersionNumber } from '../prompts/prompt-statements.js';
import { LIFECYCLE, type Verb } from './lifecycle.js';
import { deleteTag, listTags, putTag } from './tag-statements.js';
import { isTag, parseReference } from './version-reference.js';
import type { NewVersion, StoredVersion, Tag, Version, VersionChange } from './version-schemas.js';
import {
  copyVersion,
  deleteVersion,
  findVersion,
  insertVersion,
  listVersions,
  setStatus,
  stepDownLive,
  updateVersion,
  type VersionFilter,
} from './version-statements.js';
import { variablesOf, withVariables } from './version-variables.js';

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
    const created = await this.#change(prompt.id, access, async (queries) =>
      insertVersion(queries, prompt.id, await takeVersionNumber(queries, prompt.id), wanted, variables),
    );
    return withVariables(created);
  }

  /** @returns the new draft, which is like the version but for tags and times */
  async duplicate(promptId: string, reference: string, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const created = await this.#change(prompt.id, access, async (queries) => {
      const { id } = await this.find(queries, prompt.id, reference);
      return copyVersion(queries, id, await takeVersionNumber(queries, prompt.id));
    });
    return withVariables(created);
  }

  /** @returns newest first; a page ends early where its versions are large */
  async list(
    promptId: string,
    filter: VersionFilter,
    slice: Slice,
    access: Access,
  ): Promise<ListPage<Version>> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const wanted = { ...filter, tags: filter.tags?.filter(isTag) };
    const rows = await listVersions(this.#database, prompt.id, wanted, slice);
    const { items, next_cursor } = heavyPageOf<StoredVersion>(rows, slice, ({ version }) => [version]);
    const versions: Version[] = [];
    // One after the other: one that must be compiled first takes long.
    for (const stored of items) versions.push(await withVariables(stored));
    return { items: versions, next_cursor };
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
    const variables = template === undefined ? undefined : variablesOf(template, prompt.slug);
    demandShallow(model_params);
    const updated = await this.#change(prompt.id, access, async (queries) => {
      const { id, status } = await this.find(queries, prompt.id, reference);
      if (status !== 'draft') throw new Refusal('only_drafts_modified');
      return updateVersion(queries, id, change, variables);
    });
    return withVariables(updated);
  }

  /** Deletes a draft. Its number is not given again. */
  async remove(promptId: string, reference: string, access: Access): Promise<void> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    await this.#change(prompt.id, access, async (queries) => {
      const { id, status } = await this.find(queries, prompt.id, reference);
      if (status !== 'draft') throw new Refusal('only_drafts_deleted');
      await deleteVersion(queries, id);
    });
  }

  /** Takes a step of the lifecycle. The one that was live steps down in the same transaction. */
  async step(verb: Verb, promptId: string, reference: string, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const stepped = await this.#change(prompt.id, access, async (queries, { owner, ...locked }) => {
      const now: Access = locked.now;
      const version = await this.find(queries, prompt.id, reference);
      const { steps, refusal } = LIFECYCLE[verb];
      const step = steps[version.status];
      if (step === null) throw new Refusal(refusal);
      now.demand(owner, step.action);
      await nameAuthor(queries, { ...access.author, action: step.action });
      if (step.to === 'live') await stepDownLive(queries, prompt.id);
      return setStatus(queries, version.id, step.to);
    });
    return withVariables(stepped);
  }

  async tag(promptId: string, reference: string, tag: string, access: Access): Promise<Version> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const tagged = await this.#change(prompt.id, access, async (queries) => {
      const { version } = await this.find(queries, prompt.id, reference);
      await putTag(queries, prompt.id, tag, version);
      return this.find(queries, prompt.id, String(version));
    });
    return withVariables(tagged);
  }

  async tags(promptId: string, access: Access): Promise<Tag[]> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return listTags(this.#database, prompt.id);
  }

  async untag(promptId: string, tag: string, access: Access): Promise<void> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    if (!isTag(tag)) throw new Refusal('tag_not_found');
    await this.#change(prompt.id, access, async (queries) => {
      if (!(await deleteTag(queries, prompt.id, tag))) throw new Refusal('tag_not_found');
    });
  }

  /** The version as it is stored. @param reference a number or a tag */
  async find(queries: Queries, promptId: string, reference: string): Promise<StoredVersion> {
    const parsed = parseReference(reference);
    const version = parsed && (await findVersion(queries, promptId, parsed));
    if (version === undefined) throw new Refusal('version_not_found');
    return version;
  }

  /** Changes of one prompt's versions and tags take turns: what a change finds stays so until it is done. */
  #change<Result>(
    promptId: string,
    access: Access,
    work: (queries: Queries, locked: { owner: Owner; now: Access }) => Promise<Result>,
  ): Promise<Result> {
    return this.#database.change(access.author, async (queries) => {
      return work(queries, await this.#lookup.locked(queries, promptId, access));
    });
  }
}
