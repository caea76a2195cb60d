import { crc32 } from 'node:zlib';
import {
  documentKey,
  encodeDocument,
  hashApiKey,
  type PromptDocument,
  type SlugDocument,
} from '@px0/contract';
import { compile } from '@px0/template-engine';
import type { SeededRandom } from '../seeded-random.js';

const ORGANIZATION = '00000000-0000-4000-8000-000000000001';
const TEAM = '00000000-0000-4000-8000-000000000002';

/** The few prompts and API keys that come and go in a history, by their names. */
export const SLUGS = ['one', 'two', 'three'] as const;
export const CREDENTIALS = ['A', 'B'].map(apiKey);
const HASHES = CREDENTIALS.map(hashApiKey);

/** An API key whose text is known beforehand. */
function apiKey(letter: string): string {
  const secret = letter.repeat(43);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(secret));
  return `ak_${secret}${checksum.toString('base64url')}`;
}

type Documents = ReadonlyMap<string, string>;
/** New states of documents; null: gone. */
type Change = Record<string, string | null>;
interface UserAct {
  readonly change: Change;
  readonly words: string;
}

const slugKey = (slug: string) => documentKey.slug(ORGANIZATION, slug);
const keyKey = (credential: string) => documentKey.key(HASHES[CREDENTIALS.indexOf(credential)] ?? '');

const programs = new Map<number, unknown>();

/** A text that no other version ever has. */
function programOf(serial: number): unknown {
  let program = programs.get(serial);
  if (program === undefined) {
    program = compile(`text ${serial}`, { name: 'simulated' });
    programs.set(serial, program);
  }
  return program;
}

/** Stands for what a caller is told of a prompt whose document gateways cannot read; and begins such a document. */
const UNREADABLE = '{"format":999';

/** Whether gateways cannot read this: they go on with the state before, or say that they do not know. */
export function isUnreadable(text: string | null): boolean {
  return text?.startsWith(UNREADABLE) ?? false;
}

/** What users do: each makes a change of the documents, and says what it is. */
export class Users {
  readonly #random: SeededRandom;
  #serial = 0;
  /** By the text of a version's document, what it renders. */
  readonly #texts = new Map<string, string>();
  /** By its text, each prompt's and slug's document. */
  readonly #documents = new Map<string, PromptDocument | SlugDocument>();
  /** Document keys that ever stood, and whose they are: of a slug or of a credential. */
  readonly owners = new Map<string, string>();

  constructor(random: SeededRandom) {
    this.#random = random;
    for (const slug of SLUGS) this.owners.set(slugKey(slug), slug);
    for (const credential of CREDENTIALS) this.owners.set(keyKey(credential), credential);
  }

  /** @returns what to change, and words for it */
  act(documents: Documents): UserAct {
    if (this.#random.chance(0.15)) return this.#turnKey(documents, this.#random.pick(CREDENTIALS));
    const slug = this.#random.pick(SLUGS);
    const prompt = this.#promptOf(documents, slug);
    if (prompt === undefined) return this.#create(slug);
    if (this.#random.chance(0.1)) return this.#spoil(prompt);
    return this.#random.chance(0.15) ? this.#remove(documents, prompt) : this.#promote(prompt);
  }

  /**
   * In one transaction, first a key is another, or is made, and then the prompt of a slug changes.
   * @returns undefined where there is no prompt that can be read
   */
  changeTogether(documents: Documents, credential: string, slug: string): UserAct | undefined {
    const prompt = this.#promptOf(documents, slug);
    if (prompt === undefined || this.textOf(documents, slug) === UNREADABLE) return undefined;
    const key = this.#newKey();
    const { change, words } = this.#promote(prompt);
    return { change: { [keyKey(credential)]: key, ...change }, words: `another key, and ${words}` };
  }

  /** What a caller of that slug gets: null if it is not there. */
  textOf(documents: Documents, slug: string): string | null {
    const prompt = this.#promptOf(documents, slug);
    if (prompt === undefined) return null;
    if (isUnreadable(documents.get(documentKey.prompt(prompt.id)) ?? null)) return UNREADABLE;
    return this.#texts.get(documents.get(documentKey.version(prompt.id, prompt.live ?? 0)) ?? '') ?? null;
  }

  /** Whether that credential is let through: its name, or null. */
  admits(documents: Documents, credential: string): string | null {
    return documents.has(keyKey(credential)) ? credential : null;
  }

  #encode(document: PromptDocument | SlugDocument): string {
    const body = encodeDocument(document);
    this.#documents.set(body, document);
    return body;
  }

  #promptOf(documents: Documents, slug: string): PromptDocument | undefined {
    const found = this.#documents.get(documents.get(slugKey(slug)) ?? '');
    if (found?.kind !== 'slug') return undefined;
    const prompt = this.#documents.get(
      documents.get(documentKey.prompt(found.prompts[0]?.prompt_id ?? '')) ?? '',
    );
    return prompt?.kind === 'prompt' ? prompt : undefined;
  }

  #turnKey(documents: Documents, credential: string): UserAct {
    const key = keyKey(credential);
    const name = credential.slice(0, 4);
    if (documents.has(key)) return { change: { [key]: null }, words: `key ${name} is revoked` };
    return { change: { [key]: this.#newKey() }, words: `key ${name} is made` };
  }

  #newKey(): string {
    this.#serial += 1;
    return encodeDocument({
      kind: 'key',
      id: `key ${this.#serial}`,
      org_id: ORGANIZATION,
      operation: 'read_render',
      team_ids: null,
    });
  }

  #create(slug: string): UserAct {
    const id = `00000000-0000-4000-8000-1${String(this.#serial).padStart(11, '0')}`;
    const body = this.#encode({
      kind: 'slug',
      org_id: ORGANIZATION,
      slug,
      prompts: [{ team_id: TEAM, prompt_id: id }],
    });
    const prompt: PromptDocument = {
      kind: 'prompt',
      id,
      org_id: ORGANIZATION,
      team_id: TEAM,
      slug,
      live: null,
      tags: {},
    };
    this.owners.set(documentKey.prompt(id), slug);
    const { change, words } = this.#promote(prompt);
    return { change: { ...change, [slugKey(slug)]: body }, words: `prompt is created: ${words}` };
  }

  #promote(prompt: PromptDocument): UserAct {
    const { id, slug } = prompt;
    const live = (prompt.live ?? 0) + 1;
    this.#serial += 1;
    const version = encodeDocument({
      kind: 'version',
      prompt_id: id,
      version: live,
      program: programOf(this.#serial),
      missing: 'error',
      model: null,
      model_params: null,
    });
    this.#texts.set(version, `text ${this.#serial}`);
    const change = {
      [documentKey.version(id, live)]: version,
      [documentKey.prompt(id)]: this.#encode({ ...prompt, live }),
    };
    return { change, words: `${slug}: version ${live} is live, with text ${this.#serial}` };
  }

  /** As a control plane of another format would write it. */
  #spoil(prompt: PromptDocument): UserAct {
    this.#serial += 1;
    const body = `${UNREADABLE},"serial":${this.#serial}}`;
    // What follows goes on from the state that it has in the database.
    this.#documents.set(body, prompt);
    return { change: { [documentKey.prompt(prompt.id)]: body }, words: `${prompt.slug}: nobody can read it` };
  }

  #remove(documents: Documents, { id, slug }: PromptDocument): UserAct {
    const change: Change = { [slugKey(slug)]: null, [documentKey.prompt(id)]: null };
    for (const key of documents.keys()) if (key.startsWith(`version:${id}:`)) change[key] = null;
    return { change, words: `${slug}: is deleted` };
  }
}
