import type { FollowerStatus } from '../feed/feed-follower.js';
import type { FollowerState } from '../feed/follower-states.js';
import type { Readiness } from '../http/readiness.js';

/** What readiness says of the feed. Catching up after a gap takes milliseconds, and is no trouble. */
const FEED_WORDS: Readonly<Record<FollowerState, string>> = {
  following: 'OK',
  syncing: 'OK',
  waiting: 'being rebuilt',
  subscribing: 'unreachable',
  lost: 'unreachable',
  stopped: 'stopped',
};

export interface ReadinessDeskOptions {
  readonly status: () => Pick<FollowerStatus, 'state' | 'position'>;
  /** Told of readiness when it has changed. */
  readonly tell: (readiness: Readiness) => void;
}

/**
 * Knows whether the gateway is ready. It is from the moment at which it first knew the feed. When the
 * feed goes away later it stays ready, and says what it lacks: it serves what it holds, and taking
 * every gateway out of service at once would turn the loss of the feed into the loss of everything.
 */
export class ReadinessDesk {
  readonly #options: ReadinessDeskOptions;
  #told = '';
  #isLooking = false;
  #ready: () => void = () => {};
  /** Resolves when the gateway is ready for the first time. */
  readonly ready = new Promise<void>((resolve) => {
    this.#ready = resolve;
  });

  constructor(options: ReadinessDeskOptions) {
    this.#options = options;
  }

  get current(): Readiness {
    const { state, position } = this.#options.status();
    return { ready: position !== undefined, dependencies: { feed: FEED_WORDS[state] } };
  }

  /** Something happened: looks, once it is over, whether readiness is another. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    queueMicrotask(() => {
      this.#isLooking = false;
      const readiness = this.current;
      const text = JSON.stringify(readiness);
      if (text === this.#told) return;
      this.#told = text;
      this.#options.tell(readiness);
      if (readiness.ready) this.#ready();
    });
  }
}
