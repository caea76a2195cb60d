/** Time, passed in so that tests and simulations can hold it. Milliseconds throughout. */
export interface Clock {
  /** Of {@link systemClock} Unix time; of {@link steadyClock} the time since some moment. */
  now(): number;
  setTimeout(run: () => void, delay: number): unknown;
  clearTimeout(handle: unknown): void;
}

const timers: Pick<Clock, 'setTimeout' | 'clearTimeout'> = {
  setTimeout: (run, delay) => setTimeout(run, delay),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** For moments that are told to others, or outlive the process. It may be put back or forward at any time. */
export const systemClock: Clock = { now: () => Date.now(), ...timers };

/** For durations: it is never put back or forward. Each thread has its own beginning. */
export const steadyClock: Clock = { now: () => performance.now(), ...timers };
