/** The gateway's bounds. Bytes and milliseconds, unless said otherwise. */
export const LIMITS = {
  /** Of a request's body; a longer one is 413. */
  bodyBytes: 1024 * 1024,
  /** What is read and thrown away of a longer body, so that its sender is able to read the 413. */
  discardedBodyBytes: 16 * 1024 * 1024,
  /** Of key, slug and prompt documents, per worker thread. */
  documentCacheBytes: 64 * 1024 * 1024,
  /** Things known to be absent, per worker thread and cache: how many, and for how long. */
  absentEntries: 10_000,
  absentAge: 5_000,
  /** Requests whose way to a version is remembered, per worker thread. */
  routes: 20_000,
  /** The longest path and query that is remembered, in characters. */
  routeLength: 400,
  /** API keys whose hash is remembered, per worker thread. */
  hashedKeys: 20_000,
  /** Between two times at which a worker thread tells the primary which keys were in use. */
  keyUseInterval: 5_000,
  /** Within which a key that was reported as used is not reported again, and how often that is looked at. */
  keyUseAge: 60_000,
  keyUseSweep: 1_000,
  /** Documents that one request may ask for before it is given up: key, slug, prompt, version, and twice. */
  lookUpsPerRequest: 8,
  /** Seconds after which a client may try again, told with a 503. */
  retryAfterSeconds: 1,
  /** From being told to stop: idle connections are closed after the first, open requests cut off after the second. */
  idleGrace: 500,
  drain: 10_000,
  /** Between the deaths of a worker thread and its replacement: the first, and the longest. */
  respawnDelay: 50,
  longestRespawnDelay: 5_000,
  /** A thread that served for this long died of something new: the delay starts over. */
  steadyAfter: 10_000,
} as const;
