import type { Clock } from '@px0/contract';
import { LIMITS } from '../limits.js';

export interface HangWatchOptions<Thread> {
  /** How often each thread has given a sign of life so far. */
  readonly beats: () => ReadonlyMap<Thread, number>;
  /** A thread has given none for {@link LIMITS.silentLooks} looks in a row. */
  readonly onHang: () => void;
  readonly clock: Clock;
}

/**
 * Notices a worker thread that hangs, in a loop without end: it answers nobody, and holds its part of all
 * connections. Looks are counted, not seconds: a process that was stopped as a whole hangs nowhere.
 */
export class HangWatch<Thread> {
  readonly #options: HangWatchOptions<Thread>;
  #seen = new Map<Thread, { readonly beats: number; readonly silentLooks: number }>();
  #timer: unknown;

  constructor(options: HangWatchOptions<Thread>) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimeout(() => {
      this.start();
      this.#look();
    }, LIMITS.heartbeat);
  }

  stop(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  #look(): void {
    const before = this.#seen;
    this.#seen = new Map();
    for (const [thread, beats] of this.#options.beats()) {
      const known = before.get(thread);
      // Before the first one it is still being loaded, which takes as long as the machine is busy.
      const isSilent = beats !== 0 && known?.beats === beats;
      const silentLooks = isSilent ? known.silentLooks + 1 : 0;
      this.#seen.set(thread, { beats, silentLooks });
      if (silentLooks === LIMITS.silentLooks) this.#options.onHang();
    }
  }
}
