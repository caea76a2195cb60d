export { CONFIG_VARIABLES } from './config.js';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.js';
export { findFreePort } from './port.js';
export { StartError } from './start-error.js';
