import type { Database, Queries } from '../database/database.js';
import type { Access } from '../http/access.js';
import { Refusal } from '../http/error-catalogue.js';
import { heavyPageOf } from '../http/heavy-pages.js';
import { demandShallow } from '../http/nesting.js';
import type { ListPage, Slice } from '../http/paging.js';
import type { PromptLookup } from '../prompts/prompt-lookup.js';
import type { NewPayload, Payload, PayloadChange } from './payload-schemas.js';
import {
  deletePayload,
  findPayload,
  insertPayload,
  type ListedPayload,
  listPayloads,
  updatePayload,
} from './payload-statements.js';

/** Sample data of prompts. Methods refuse with {@link Refusal}, in the words of the contract. */
export class Payloads {
  readonly #database: Database;
  readonly #lookup: PromptLookup;

  constructor(database: Database, lookup: PromptLookup) {
    this.#database = database;
    this.#lookup = lookup;
  }

  async create(promptId: string, wanted: NewPayload, access: Access): Promise<Payload> {
    demandShallow(wanted.variables);
    return this.#change(promptId, access, (queries) => insertPayload(queries, promptId, wanted));
  }

  /** @returns oldest first; a page ends early where its payloads are large */
  async list(promptId: string, slice: Slice, access: Access): Promise<ListPage<Payload>> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    const rows = await listPayloads(this.#database, prompt.id, slice);
    const page = heavyPageOf<ListedPayload>(rows, slice, ({ moment, id }) => [moment, id]);
    return { ...page, items: page.items.map(({ moment: _, ...payload }) => payload) };
  }

  async get(promptId: string, payloadId: string, access: Access): Promise<Payload> {
    const { prompt } = await this.#lookup.byId(promptId, access);
    return found(await findPayload(this.#database, prompt.id, payloadId));
  }

  async update(promptId: string, payloadId: string, change: PayloadChange, access: Access): Promise<Payload> {
    if (change.name === undefined && change.variables === undefined) {
      throw new Refusal('invalid_request_body');
    }
    demandShallow(change.variables);
    return this.#change(promptId, access, async (queries) =>
      found(await updatePayload(queries, promptId, payloadId, change)),
    );
  }

  async remove(promptId: string, payloadId: string, access: Access): Promise<void> {
    await this.#change(promptId, access, async (queries) => {
      if (!(await deletePayload(queries, promptId, payloadId))) throw new Refusal('payload_not_found');
    });
  }

  async #change<Result>(
    promptId: string,
    access: Access,
    work: (queries: Queries) => Promise<Result>,
  ): Promise<Result> {
    await this.#lookup.byId(promptId, access);
    return this.#database.change(access.author, async (queries) => {
      await this.#lookup.locked(queries, promptId, access);
      return work(queries);
    });
  }
}

function found(payload: Payload | undefined): Payload {
  if (payload === undefined) throw new Refusal('payload_not_found');
  return payload;
}
