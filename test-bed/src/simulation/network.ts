import type { World } from './world.js';

/** The way between a process and a server. */
export class Link {
  #cut = false;
  #waiting: (() => void)[] = [];

  get isCut(): boolean {
    return this.#cut;
  }

  cut(): void {
    this.#cut = true;
  }

  /** Ends the cut. Of the calls that hang on it some are told so; the others wait on. */
  mend(): void {
    this.#cut = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }

  whenMended(run: () => void): void {
    this.#waiting.push(run);
  }
}

/** One life of a process. What it still waits for when it dies never comes. */
export class Process {
  readonly name: string;
  readonly #onCrash: (() => void) | undefined;
  #alive = true;

  /** @param onCrash called when a call kills it; without it no call does */
  constructor(name: string, onCrash?: () => void) {
    this.name = name;
    this.#onCrash = onCrash;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  get mayCrash(): boolean {
    return this.#onCrash !== undefined;
  }

  end(): void {
    this.#alive = false;
  }

  crash(): void {
    this.end();
    this.#onCrash?.();
  }
}

export interface Call<T> {
  readonly process: Process;
  readonly link: Link;
  readonly what: string;
  /** What the server does, in one moment. What it throws is its answer. */
  readonly work: () => T;
  /** Milliseconds after which the caller waits no longer. */
  readonly patience: number;
  readonly failure: (words: string) => Error;
}

/** What may come of a call; the last one is the rule. */
type Fate = 'refused' | 'lost' | 'late' | 'slow' | 'silent' | 'crash before' | 'crash after';
const FATES: readonly Fate[] = ['refused', 'lost', 'late', 'slow', 'silent', 'crash before', 'crash after'];
/** The longest that an answer takes for which its caller waits. */
const SLOWEST = 1_500;
/** The latest that a call comes whose caller has given up. */
const LATEST = 2_000;

/** Calls from processes to servers, and all that can become of them. */
export class Network {
  readonly #world: World;
  readonly #underway = new Set<object>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Whether all that went wrong is over: nobody waits for what never comes, and nothing comes late. */
  get isQuiet(): boolean {
    return this.#underway.size === 0;
  }

  /** Something goes wrong from now on. @returns to be called when that is over */
  beginTrouble(): () => void {
    const trouble = {};
    this.#underway.add(trouble);
    return () => this.#underway.delete(trouble);
  }

  /** Settles at a later time, if the caller lives then. */
  call<T>(call: Call<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { process, link, failure } = call;
      if (!process.isAlive) return;
      let over = false;
      const settle = (how: () => void) => {
        if (!over && process.isAlive) how();
        over = true;
      };
      const fail = (words: string) =>
        settle(() => {
          this.#note(call, words);
          reject(failure(words));
        });
      const hang = () => {
        const end = this.beginTrouble();
        const give = (words: string) => {
          end();
          fail(words);
        };
        this.#world.time.after(call.patience, () => give('timed out'));
        link.whenMended(() => {
          if (this.#world.random.chance(0.5)) return;
          this.#world.time.after(this.#world.random.between(0, 50), () => give('reset'));
        });
      };
      if (link.isCut) return hang();
      const { random, weather, tally, time } = this.#world;
      const isRule = !random.chance(weather.callTrouble);
      const on = { settle, resolve, reject, hang };
      if (isRule) return this.#answer(call, on, weather.latency);

      const fates: Record<Fate, () => void> = {
        refused: () => {
          tally.deeds['call refused'] += 1;
          time.after(this.#world.delay(), () => fail('refused'));
        },
        lost: () => {
          tally.deeds['answer lost'] += 1;
          time.after(this.#world.delay(), () => {
            this.#work(call);
            time.after(random.between(0, 100), () => fail('connection reset'));
          });
        },
        late: () => {
          tally.deeds['call late'] += 1;
          const delay = random.between(0, LATEST);
          time.after(random.between(0, delay), () => fail('given up'));
          const end = this.beginTrouble();
          time.after(delay, () => {
            end();
            this.#work(call);
          });
        },
        slow: () => {
          tally.deeds['answer slow'] += 1;
          this.#answer(call, on, SLOWEST);
        },
        silent: () => {
          tally.deeds['call silent'] += 1;
          hang();
        },
        'crash before': () => time.after(0, () => this.#crash(process, call)),
        'crash after': () =>
          time.after(this.#world.delay(), () => {
            this.#work(call);
            this.#crash(process, call);
          }),
      };
      const fate = random.pick(FATES);
      fates[fate.startsWith('crash') && !process.mayCrash ? 'refused' : fate]();
    });
  }

  #answer<T>(
    call: Call<T>,
    on: {
      settle: (how: () => void) => void;
      resolve: (value: T) => void;
      reject: (error: unknown) => void;
      hang: () => void;
    },
    slowest: number,
  ): void {
    const { time, random } = this.#world;
    time.after(this.#world.delay(), () => {
      if (call.link.isCut) return on.hang();
      const outcome = this.#work(call);
      time.after(random.between(0, slowest), () => {
        if (call.link.isCut) return on.hang();
        on.settle(() => ('value' in outcome ? on.resolve(outcome.value) : on.reject(outcome.error)));
      });
    });
  }

  #work<T>(call: Call<T>): { readonly value: T } | { readonly error: unknown } {
    try {
      const value = call.work();
      this.#note(call, 'done');
      return { value };
    } catch (error) {
      this.#note(call, String(error));
      return { error };
    }
  }

  #crash<T>(process: Process, call: Call<T>): void {
    if (!process.isAlive) return;
    this.#world.tally.deeds['crash at an await'] += 1;
    this.#note(call, 'crash');
    process.crash();
  }

  #note<T>({ process, what }: Call<T>, words: string): void {
    this.#world.note(() => `${process.name}: ${what}: ${words}`);
  }
}
