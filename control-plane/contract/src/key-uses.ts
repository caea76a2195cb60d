/**
 * Word of which API keys are in use, from the gateways to the control plane, which shows it as a key's
 * `last_used_at`. It passes through the feed's house, is told once a minute and key at the most, and may
 * get lost: nothing waits for it, and a key that goes on being used is told of again.
 */

/** That a key was in use. */
export interface KeyUse {
  /** The key's id. */
  readonly id: string;
  /** When, in milliseconds of Unix time, by the clock of whoever saw it. */
  readonly at: number;
}

/** The gateway's half. Rejects with {@link FeedUnavailableError} when the store does not answer. */
export interface KeyUseReporter {
  /** Leaves word. Of several uses of a key the latest counts. */
  report(uses: readonly KeyUse[]): Promise<void>;
  close(): Promise<void>;
}

/** The control plane's half. Rejects with {@link FeedUnavailableError} when the store does not answer. */
export interface KeyUseCollector {
  /** @returns what was reported since the last taking, by whomever, each key once; it is gone from the store then */
  take(): Promise<KeyUse[]>;
  close(): Promise<void>;
}
