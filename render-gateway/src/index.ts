export { CONFIG_VARIABLES, type GatewayConfig, loadConfig } from './config.js';
export { ERRORS, type ErrorCode } from './errors.js';
export { createFeedReader } from './feed/feed-reader.js';
export { type Gateway, startGateway } from './gateway.js';
export { StartError } from './start-error.js';
