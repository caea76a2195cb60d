import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import type { Prompt } from '../prompts/prompt-schemas.js';
import { parseReference } from '../versions/version-reference.js';
import type { StoredVersion } from '../versions/version-schemas.js';
import { findVersions, type WantedVersion } from '../versions/version-statements.js';
import { type BatchItem, readBatchItem } from './batch-item.js';
import type { BatchAnswer, Rendering } from './render-schemas.js';
import type { Renderer } from './renderer.js';

type Result = BatchAnswer['results'][number];

interface Target {
  readonly asked: BatchItem;
  readonly prompt: Prompt;
}

/** Bytes of one answer, as at a gateway. */
const ANSWER_LIMIT = 16 * 1024 * 1024;
const FRAME = '{"results":[]}'.length;
/** Milliseconds after which no more renders of a batch are begun. */
const TIME_LIMIT = 10_000;

/** Does many renders of one request. Everything that they need is read in a query a kind. */
export class BatchRenderer {
  readonly #database: Database;
  readonly #lookup: PromptLookup;
  readonly #renderer: Renderer;

  constructor(database: Database, lookup: PromptLookup, renderer: Renderer) {
    this.#database = database;
    this.#lookup = lookup;
    this.#renderer = renderer;
  }

  /**
   * @param renders as they were sent
   * @returns what has come of each, in their order
   */
  async render(renders: readonly unknown[], access: Access): Promise<Result[]> {
    const items = renders.map((render) => unlessRefused(() => readBatchItem(render)));
    const references = items.flatMap((item) => (item instanceof Refusal ? [] : item.slug));
    const promptOf = await this.#lookup.byReferences([...new Set(references)], access);
    const targets = items.map((item) =>
      andThen(item, (asked): Target => ({ asked, prompt: promptOf(asked.slug, asked.teamId).prompt })),
    );
    const versionOf = await this.#versionsOf(targets);

    const results: Result[] = [];
    const end = performance.now() + TIME_LIMIT;
    let size = FRAME;
    for (const target of targets) {
      // Long renders must not hold up other requests for longer than one of them takes.
      await nextTurn();
      const outcome = andThen(target, (found): Rendering => {
        if (performance.now() > end) throw new Refusal('unavailable');
        return this.#renderer.renderVersion(found.prompt.slug, versionOf(found), found.asked.request);
      });
      const length = outcome instanceof Refusal ? 0 : Buffer.byteLength(JSON.stringify(outcome));
      const kept = size + length > ANSWER_LIMIT ? new Refusal('answer_too_large') : outcome;
      if (!(kept instanceof Refusal)) size += length;
      results.push(kept instanceof Refusal ? { ...kept.body, status: kept.status } : kept);
    }
    return results;
  }

  /** @returns finds the version of a target, or throws why there is none */
  async #versionsOf(targets: readonly (Target | Refusal)[]): Promise<(target: Target) => StoredVersion> {
    const wanted = new Map<string, WantedVersion>();
    for (const target of targets) {
      if (target instanceof Refusal) continue;
      const { asked, prompt } = target;
      const reference = asked.version === undefined ? undefined : parseReference(asked.version);
      if (asked.version === undefined || reference !== undefined) {
        wanted.set(nameOf(target), { promptId: prompt.id, reference });
      }
    }
    const found = wanted.size === 0 ? [] : await findVersions(this.#database, [...wanted.values()]);
    const byName = new Map([...wanted.keys()].map((name, index) => [name, found[index]]));
    return (target) => {
      const version = byName.get(nameOf(target));
      if (version !== undefined) return version;
      throw new Refusal(target.asked.version === undefined ? 'no_live_version' : 'version_not_found');
    };
  }
}

/** The same for targets that want the same version by the same words. */
function nameOf({ prompt, asked: { version } }: Target): string {
  return version === undefined ? prompt.id : `${prompt.id} ${version}`;
}

function unlessRefused<Value>(work: () => Value): Value | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function andThen<Value, Next>(value: Value | Refusal, work: (value: Value) => Next): Next | Refusal {
  return value instanceof Refusal ? value : unlessRefused(() => work(value));
}
