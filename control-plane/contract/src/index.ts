export { API_KEY_LENGTH, createApiKey, hashApiKey, isWellFormedApiKey } from './api-key.js';
export { Backoff } from './backoff.js';
export { type Clock, steadyClock, systemClock } from './clock.js';
export { decodeDocument, encodeDocument, InvalidDocumentError } from './document-codec.js';
export { documentKey, isOwnDocument, keyOfDocument, kindOfKey } from './document-key.js';
export {
  DOCUMENT_FORMAT,
  type Document,
  type DocumentKind,
  type FeedDocument,
  type KeyDocument,
  type MissingKey,
  type Operation,
  type PromptDocument,
  type SlugDocument,
  type VersionDocument,
} from './documents.js';
export {
  type FeedHead,
  type FeedMessage,
  type FeedReader,
  type FeedReading,
  type FeedSubscriber,
  type FeedSubscription,
  FeedUnavailableError,
  type FeedWriter,
} from './feed.js';
export {
  HEARTBEAT_INTERVAL,
  LOG_LENGTH,
  postgresFeedLayout,
  redisFeedLayout,
  SILENCE_LIMIT,
} from './feed-layout.js';
export {
  decodeReport,
  encodeReport,
  type GatewayReport,
  type GatewayReporter,
  REASON_LENGTH,
  REFUSALS_LISTED,
  REPORT_INTERVAL,
  REPORT_LIFE,
  type RefusedDocument,
} from './gateway-report.js';
export type { KeyUse, KeyUseCollector, KeyUseReporter } from './key-uses.js';
export { keyAhead } from './look-ahead.js';
export { decodeMessage, encodeMessage } from './message-codec.js';
