import type { Clock } from '@px0/contract';
import type { FollowerStatus } from '../feed/feed-follower.js';
import type { FollowerState } from '../feed/follower-states.js';

/**
 * For how long the feed may be read or subscribed to anew before the gateway counts as stale, in
 * milliseconds: catching up after a gap, or looking after a publisher that is silent, takes a few.
 */
const CATCH_UP_GRACE = 1_000;

/** What a state says. Undecided: what it was before, unless it lasts. */
const MEANING: Readonly<Record<FollowerState, 'current' | 'stale' | 'undecided'>> = {
  following: 'current',
  syncing: 'undecided',
  subscribing: 'undecided',
  waiting: 'stale',
  lost: 'stale',
  stopped: 'undecided',
};

export interface StalenessWatchOptions {
  readonly clock: Clock;
  /** Since when: in milliseconds of Unix time, the last moment at which nothing can have been missed; null: now. */
  readonly tell: (since: number | null) => void;
  /** Of the snapshot that the gateway started from. */
  readonly currentAt?: number | undefined;
}

/** Makes of the follower's states whether the gateway is stale, in the primary thread. */
export class StalenessWatch {
  readonly #options: StalenessWatchOptions;
  /** Nothing that is held was read before this. */
  #heldSince: number;
  #since: number | null;
  #grace: unknown;
  #decide: () => void = () => {};
  /** Resolves when it shows for the first time whether the feed can be followed. */
  readonly decided = new Promise<void>((resolve) => {
    this.#decide = resolve;
  });

  constructor(options: StalenessWatchOptions) {
    const { clock, currentAt } = options;
    this.#options = options;
    this.#heldSince = currentAt ?? clock.now();
    this.#since = currentAt ?? null;
  }

  /** As it was told last. */
  get since(): number | null {
    return this.#since;
  }

  /** The follower's state became another. */
  saw({ state, currentAt }: Pick<FollowerStatus, 'state' | 'currentAt'>): void {
    if (currentAt !== undefined) this.#heldSince = currentAt;
    const meaning = MEANING[state];
    if (meaning !== 'undecided') this.#decide();
    if (meaning === 'undecided' && this.#since === null) {
      const { clock } = this.#options;
      this.#grace ??= clock.setTimeout(() => this.#become(this.#heldSince), CATCH_UP_GRACE);
    } else if (meaning === 'current') this.#become(null);
    else if (meaning === 'stale' && this.#since === null) this.#become(this.#heldSince);
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  #become(since: number | null): void {
    this.stop();
    if (since === this.#since) return;
    this.#since = since;
    this.#options.tell(since);
  }
}
