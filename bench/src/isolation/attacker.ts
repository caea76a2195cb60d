import { Agent, type Dispatcher } from 'undici';

export interface AttackPlan {
  readonly base: string;
  readonly key: string;
  readonly slugs: readonly string[];
  readonly body: string;
  readonly requestsPerSecond: number;
}

/** What the bench says to the attacker's process, and the other way round. */
export type ToAttacker = { readonly kind: 'attack'; readonly plan: AttackPlan } | { readonly kind: 'rest' };
export type FromAttacker = {
  readonly kind: 'answers';
  readonly answers: readonly (readonly [answer: string, count: number])[];
};

/** How often each answer was given: by its status, and what follows it. */
export type Answers = ReadonlyMap<string, number>;

/** Sends requests at a constant rate, in this process, and waits for none of them before the next. */
export class Attacker {
  readonly #plan: AttackPlan;
  readonly #agent = new Agent({ connections: 64, pipelining: 1 });
  readonly #answers = new Map<string, number>();
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #sent = 0;

  constructor(plan: AttackPlan) {
    this.#plan = plan;
    const started = performance.now();
    this.#timer = setInterval(() => {
      const due = ((performance.now() - started) / 1_000) * plan.requestsPerSecond;
      while (this.#sent < due) this.#send();
    }, 5);
  }

  /** Ends, when what was sent is answered. */
  async stop(): Promise<Answers> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
    await this.#agent.close();
    return this.#answers;
  }

  #send(): void {
    const { base, key, slugs, body } = this.#plan;
    const slug = slugs[this.#sent % slugs.length];
    this.#sent += 1;
    const options: Dispatcher.RequestOptions = {
      origin: base,
      path: `/v1/prompts/${slug}/render`,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
    };
    const sending = this.#agent
      .request(options)
      .then(async ({ statusCode, body: answer }) => {
        const text = await answer.text();
        return statusCode === 200 ? '200' : `${statusCode} ${(JSON.parse(text) as { error: string }).error}`;
      })
      .catch((error: unknown) => String(error))
      .then((answer) => {
        this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
        this.#open.delete(sending);
      });
    this.#open.add(sending);
  }
}
