import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { type ErrorCode, Refusal } from '../http/error-catalogue.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import { unifiedDiff } from './unified-diff.js';
import { parseReference, type VersionReference } from './version-reference.js';
import type { DiffAnswer, DiffQuery, StoredVersion } from './version-schemas.js';
import { findVersion } from './version-statements.js';

/** What differs between versions of a prompt. */
export class VersionDiffs {
  readonly #database: Database;
  readonly #lookup: PromptLookup;

  constructor(database: Database, lookup: PromptLookup) {
    this.#database = database;
    this.#lookup = lookup;
  }

  /** @param range numbers or tags */
  async between(promptId: string, range: DiffQuery, access: Access): Promise<DiffAnswer> {
    const fromReference = demandReference(range.from, 'invalid_from_version');
    const toReference = demandReference(range.to, 'invalid_to_version');
    const { prompt } = await this.#lookup.byId(promptId, access);
    const from = await this.#find(prompt.id, fromReference, 'from_version_not_found');
    const to = await this.#find(prompt.id, toReference, 'to_version_not_found');
    return {
      from_version: from.version,
      to_version: to.version,
      from_template: from.template,
      to_template: to.template,
      diff: unifiedDiff(from.template, to.template, { from: 'v1', to: 'v2' }),
    };
  }

  async #find(promptId: string, reference: VersionReference, absent: ErrorCode): Promise<StoredVersion> {
    const version = await findVersion(this.#database, promptId, reference);
    if (version === undefined) throw new Refusal(absent);
    return version;
  }
}

function demandReference(text: string, invalid: ErrorCode): VersionReference {
  const reference = parseReference(text);
  if (reference === undefined) throw new Refusal(invalid);
  return reference;
}
