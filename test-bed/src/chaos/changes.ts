import { setTimeout as sleep } from 'node:timers/promises';
import type { Prompt } from '../first-account.js';
import { leaveNote } from '../run-notes.js';
import type { SeededRandom } from '../seeded-random.js';
import type { Judge, Subject } from './judge.js';
import type { Operators } from './operators.js';
import type { Question, Questions } from './questions.js';
import type { Serials } from './serials.js';
import { type Doomed, livePath, TAG, type Tenants } from './tenants.js';

/** Keys that live at a time, and revoked ones that are still tried. */
const LIVING_KEYS = 4;
const REVOKED_KEYS = 4;

interface MadeKey {
  readonly id: string;
  readonly question: Question & { readonly subject: Subject };
}

export interface ChangesOptions {
  readonly tenants: Tenants;
  readonly operators: Operators;
  readonly questions: Questions;
  readonly judge: Judge;
  readonly serials: Serials;
  readonly random: SeededRandom;
}

/** A steady stream of changes. Each kind comes one after the other, whatever becomes of it. */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #made: MadeKey[] = [];
  readonly #revoked: Question[] = [];
  readonly #doomed: Doomed[];
  /** What was there from the beginning, so that every copy of the database has it. */
  readonly #lasting: ReadonlySet<Question>;
  #going = true;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: ChangesOptions) {
    this.#options = options;
    this.#doomed = [...options.tenants.doomed];
    this.#lasting = new Set(options.questions.all);
    for (const { question } of this.#doomed) options.questions.add(question);
  }

  start(): void {
    const { tenants, random } = this.#options;
    this.#running = Promise.all([
      this.#repeat(100, () => this.#promote(random.pick(tenants.promoted))),
      this.#repeat(150, () => this.#moveTag()),
      this.#repeat(200, () => this.#makeKey()),
      this.#repeat(300, () => this.#movePrompt()),
      this.#repeat(2_000, () => this.#deleteOrganization()),
    ]);
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#running;
  }

  /** The database is about to be restored: what was made since may be gone, what has ended may be back. */
  undo(): void {
    for (const question of this.#options.questions.all) {
      if (!this.#lasting.has(question)) question.subject.mayBeUndone = true;
    }
  }

  async #repeat(pause: number, change: () => Promise<void>): Promise<void> {
    while (this.#going) {
      await change();
      await sleep(this.#options.random.between(pause / 2, pause * 2));
    }
  }

  /** @returns the number of a new version, and its serial, if it is known to be written */
  async #write(prompt: Prompt): Promise<{ version: number; serial: number } | undefined> {
    const serial = this.#options.serials.next();
    const written = await this.#ask('POST', `/v1/prompts/${prompt.id}/versions`, {
      template: String(serial),
    });
    if (written?.status !== 201) return undefined;
    const { version } = written.json as { version: { version: number } };
    return { version: version.version, serial };
  }

  async #promote(prompt: Prompt): Promise<void> {
    const written = await this.#write(prompt);
    if (written === undefined) return;
    const path = `/v1/prompts/${prompt.id}/versions/${written.version}/promote`;
    const stable = await this.#ask('POST', path);
    if (stable?.status === 200) await this.#bringOut(written.serial, () => this.#ask('POST', path));
  }

  async #moveTag(): Promise<void> {
    const { tagged } = this.#options.tenants;
    const written = await this.#write(tagged);
    if (written === undefined) return;
    const path = `/v1/prompts/${tagged.id}/versions/${written.version}/tags`;
    await this.#bringOut(written.serial, () => this.#ask('POST', path, { tag: TAG }));
  }

  /** The step by which a version comes to be served. */
  async #bringOut(serial: number, step: () => ReturnType<Operators['ask']>): Promise<void> {
    const { judge } = this.#options;
    const { era } = judge;
    const answer = await step();
    if (answer === undefined) judge.unsettled(serial);
    else if (answer.status === 200) judge.settled(serial, era);
  }

  async #makeKey(): Promise<void> {
    const { tenants, questions } = this.#options;
    const [prompt] = tenants.promoted;
    const body = { name: 'a passing key', org_id: tenants.account.orgId };
    const made = await this.#ask('POST', '/v1/api-keys', body);
    if (made?.status === 201 && prompt !== undefined) {
      const { id, key } = made.json as { id: string; key: string };
      leaveNote('secrets', JSON.stringify(key));
      const subject: Subject = { name: `key ${id}`, sequence: prompt.slug };
      const question = { subject, path: livePath(prompt.slug), key };
      questions.add(question);
      this.#made.push({ id, question });
    }
    if (this.#made.length > LIVING_KEYS) await this.#revokeKey();
  }

  async #revokeKey(): Promise<void> {
    const made = this.#made.shift();
    if (made === undefined) return;
    await this.#end(made.question.subject, `/v1/api-keys/${made.id}`, this.#options.tenants.account.session);
    this.#revoked.push(made.question);
    const oldest = this.#revoked.length > REVOKED_KEYS ? this.#revoked.shift() : undefined;
    if (oldest !== undefined) this.#options.questions.putAside(oldest);
  }

  async #movePrompt(): Promise<void> {
    const { tenants, random } = this.#options;
    await this.#ask('POST', `/v1/prompts/${tenants.wandering.id}/move`, {
      team_id: random.pick(tenants.teams),
    });
  }

  async #deleteOrganization(): Promise<void> {
    // The first one is left for a while: an organization that lives is asked about too.
    await sleep(this.#going ? this.#options.random.between(0, 500) : 0);
    const next = this.#going ? this.#doomed.shift() : undefined;
    if (next === undefined) return;
    await this.#end(next.question.subject, `/v1/orgs/${next.account.orgId}`, next.account.session);
  }

  /** Until it is known to be gone; 401: even who asks is gone with it, or was never there. */
  async #end(subject: Subject, path: string, session: string): Promise<void> {
    subject.endAsked = true;
    while (this.#going) {
      const answer = await this.#options.operators.ask('DELETE', path, session);
      if (answer !== undefined) return;
      await sleep(50);
    }
  }

  #ask(method: string, path: string, body?: unknown): ReturnType<Operators['ask']> {
    const { operators, tenants } = this.#options;
    return operators.ask(method, path, tenants.account.session, body);
  }
}
