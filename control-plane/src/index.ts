export { CONFIG_VARIABLES, type Config, ConfigError, loadConfig } from './config.js';
export { type ControlPlane, createControlPlane } from './control-plane.js';
export { StartupError } from './database/connection-trouble.js';
export { MigrationError, migrate } from './database/migrate.js';
export { createLog } from './log.js';
export { createFeedWriter } from './publishing/feed-writer.js';
export { Publisher, type PublisherOptions } from './publishing/publisher.js';
export { FEED_FORMAT, type PublisherState } from './publishing/publisher-position.js';
export type { Batch, OpenSession, PublisherSession } from './publishing/publisher-session.js';
