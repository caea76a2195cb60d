export { CONFIG_VARIABLES, loadConfig } from './config.js';
export { createFeedReader } from './feed/feed-reader.js';
export { startGateway } from './gateway.js';
