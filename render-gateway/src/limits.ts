/** The gateway's bounds. Bytes and milliseconds, unless said otherwise. */
export const LIMITS = {
  /** What is read and thrown away of a longer body, so that its sender is able to read the 413. */
  discardedBodyBytes: 16 * 1024 * 1024,
  /** Characters up to which an answer is handed to uWebSockets.js whatever its reader takes; and how often one is not. */
  smallAnswer: 16 * 1024,
  smallAnswersPerCheck: 64,
  /** Of a longer one: what is handed over at once, and how long that may go on in one turn for all of them. */
  answerPiece: 128 * 1024,
  answerSlice: 1,
  /** For which clients are told that an idle connection is kept, in seconds: less than it is. */
  announcedIdle: 7,
  /** For which a client that is slow may hold memory when others need it. */
  slowHolder: 1_000,
  /**
   * What a worker thread does itself, where requests are answered; beyond it a render goes to the pool.
   * Each is a millisecond or so at the worst. Steps of a rendering, and bytes of its output:
   */
  stepsInPlace: 2_000,
  outputBytesInPlace: 64 * 1024,
  /** Of a request's body, to be read as JSON: its length; the lists and objects in it, unless it is short. */
  bodyBytesInPlace: 64 * 1024,
  bodyListsInPlace: 4_000,
  shortBody: 16 * 1024,
  /**
   * Of a version's document: its length in characters, what of that stands outside of texts, and the lists and
   * keys in it, of which a statement has about a dozen.
   */
  documentLengthInPlace: 1024 * 1024,
  documentOutsideInPlace: 64 * 1024,
  documentPartsInPlace: 3_000,
  /** Time for a thread of the pool to start, and to load a version; and for a render to wait for a thread. */
  poolStart: 10_000,
  poolPatience: 2_000,
  /** What a worker thread sends to the pool at most, in places of the pool. */
  poolOverbooking: 4,
  /** After which a thread of the pool that has nothing to do goes. */
  poolThreadIdle: 60_000,
  /** Of a thread of the pool, beside the memory that is configured: what is young in its heap, and its stack. */
  poolYoungGeneration: 32 * 1024 * 1024,
  poolStack: 4 * 1024 * 1024,
  /** Of version documents that the pool's threads read. */
  poolDocumentBytes: 64 * 1024 * 1024,
  /** Renders in a batch, and the length of all their answers. */
  batchRenders: 100,
  batchAnswerBytes: 16 * 1024 * 1024,
  /** What of them is written at once, and no longer than the result that goes beyond it. */
  batchAnswerPiece: 256 * 1024,
  /** Of all batches of a worker thread: what is done for them at once before others have their turn, and how many are open. */
  batchSlice: 1.5,
  batchesOpen: 256,
  /** Renders of a batch that are with the pool at once. */
  batchInPool: 2,
  /** From its beginning to the last of its renders that is begun or given to the pool. */
  batchTime: 10_000,
  /** Fields of a long body, and of a long render in it: more are nothing that anybody sends in earnest. */
  membersOutlined: 10_000,
  /** The longest text of a slug, version or id, as JSON, in bytes. */
  longestName: 4_096,
  /** Bytes of one request from which on their memory is freed at once, and not by the garbage collector. */
  leastGivenBack: 16 * 1024,
  /** For which a version goes straight to the pool after it cost too much in place: the first time, and the longest. */
  costlyRest: 1_000,
  longestCostlyRest: 60_000,
  /** Of documents that worker threads are told of in one turn of the primary, in characters. */
  documentsPerTurn: 256 * 1024,
  /** Of key, slug and prompt documents, per worker thread. */
  documentCacheBytes: 64 * 1024 * 1024,
  /** Things known to be absent: bytes that the primary remembers them in, and each cache of a worker thread, and for how long. */
  primaryAbsentBytes: 15 * 1024 * 1024,
  absentBytes: 3 * 1024 * 1024,
  absentAge: 5_000,
  /** How long an absence is believed that is found while changes are not heard of. */
  unvouchedAbsentAge: 50,
  /** Of a slug, in UTF-16 units: the control plane's longest has 255 characters. */
  slugLength: 512,
  /** Requests whose way to a version is remembered, per worker thread. */
  routes: 20_000,
  /** Of those, found again without hashing what is asked for. */
  recentRoutes: 256,
  /** The longest path and query that is remembered, in characters. */
  routeLength: 400,
  /** The longest header with an API key whose ways or hash are remembered, in characters: `Bearer` and a key have 59. */
  credentialLength: 128,
  /** API keys whose hash is remembered, per worker thread. */
  hashedKeys: 20_000,
  /** Between two times at which a worker thread tells the primary which keys were in use. */
  keyUseInterval: 5_000,
  /** Between two times at which a worker thread tells the primary what it counted. */
  countersInterval: 1_000,
  /** Within which a key that was reported as used is not reported again, and how often that is looked at. */
  keyUseAge: 60_000,
  keyUseSweep: 1_000,
  /** For how long documents are judged without a pause for what else there is to do. */
  screeningSlice: 10,
  /** Of documents that the pool judges: how many at once, and after what time it is tried again where it had no room. */
  judgementsInPool: 2,
  judgementRetry: 500,
  /** Refused documents that are remembered. */
  refusals: 10_000,
  /** From a change to the report that tells of it, and between tries of one that failed: the first, and the longest. */
  reportDelay: 10,
  reportRetry: 200,
  longestReportRetry: 2_000,
  /** For which a gateway with a snapshot waits for its feed before it listens. */
  restoredWait: 500,
  /** Documents that one request may ask for before it is given up: key, slug, prompt, version, and twice. */
  lookUpsPerRequest: 8,
  /** Between two warnings of a worker thread that this was not enough. */
  crowdedOutInterval: 60_000,
  /** The longest that a worker thread waits in place for one document, standing still. */
  lookUpWait: 2,
  /** The part of its time that a worker thread may wait so, and how much of that it may save up. */
  lookUpWaitShare: 0.05,
  longestLookUpWait: 100,
  /** Documents that are waited for at once: by a worker thread, and by the primary for all of them. */
  documentsAwaited: 2_000,
  documentsAwaitedOfFeed: 10_000,
  /** Requests of a worker thread that wait for documents. */
  requestsWaiting: 4_000,
  /** Documents in one question to the feed: of those that may be large, and of the others. */
  largeDocumentsPerQuestion: 10,
  documentsPerQuestion: 500,
  /** Seconds after which a client may try again, told with a 503. */
  retryAfterSeconds: 1,
  /** From being told to stop until open requests are cut off; and until nothing is waited for any more. */
  drain: 9_000,
  stop: 9_800,
  /** For what is left to do when draining took all of that. */
  shortestStop: 500,
  /** Between two looks at whether anything is still open. */
  drainLook: 10,
  /** A turn of the event loop this short had nothing to do; how long one is looked for. */
  quietTurn: 0.05,
  quietTurnSearch: 200,
  /**
   * What is young in a worker thread's heap. So little stays in a core's own cache while requests fill it again and again;
   * V8's default does not, and `npm run bench -- gateway` sees the difference.
   */
  youngGeneration: 6 * 1024 * 1024,
  /** Between two looks of a worker thread at its heap; the share of it, and the looks in a row, that make it full. */
  heapLook: 500,
  fullHeap: 0.85,
  fullHeapLooks: 3,
  /** The share of it that its caches may take. */
  cachesInHeap: 0.5,
  /** Between two signs of life of a worker thread, and looks in a row without one after which it hangs. */
  heartbeat: 1_000,
  silentLooks: 15,
  /** Between the deaths of a worker thread and its replacement: the first, and the longest. */
  respawnDelay: 50,
  longestRespawnDelay: 5_000,
  /** A thread that served for this long died of something new: the delay starts over. */
  steadyAfter: 10_000,
  /** Of a body and the answer to it, which a version remembers together: their characters. */
  rememberedAnswer: 2_048,
} as const;
