/** Time, passed in so that tests and simulations can hold it. Milliseconds throughout. */
export interface Clock {
  /** Unix time. */
  now(): number;
  setTimeout(run: () => void, delay: number): unknown;
  clearTimeout(handle: unknown): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delay) => setTimeout(run, delay),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};
