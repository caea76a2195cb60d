/** What the gateway is made of, for those who run it in a simulation, or measure what its parts cost. */
export { elementsOf, membersOf } from './batch/json-outline.js';
export { DocumentCache } from './documents/document-cache.js';
export { Evictions } from './documents/evictions.js';
export { LookUpDesk } from './documents/look-up-desk.js';
export { FeedFollower, type RestoredFeed } from './feed/feed-follower.js';
export {
  FOLLOWER_EVENTS,
  FOLLOWER_STATES,
  FOLLOWER_TABLE,
} from './feed/follower-states.js';
export { PoolDesk } from './pool/pool-desk.js';
export { heapOfVersion, holdVersion } from './render/loaded-version.js';
export { Renderer } from './render/renderer.js';
export { ReportDesk } from './reports/report-desk.js';
export { DocumentScreen } from './screening/document-screen.js';
export { Refusals } from './screening/refusals.js';
export { knownFeed } from './snapshot/snapshot-keeper.js';
export { StalenessWatch } from './staleness/staleness-watch.js';
export { FoundAnswers } from './threads/found-answers.js';
export { findAhead } from './threads/look-ahead.js';
export type { Found, FromPrimary, FromWorker } from './threads/messages.js';
