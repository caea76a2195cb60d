export { findFreePort } from '@px0/local';
export { type Answer, type Call, call, until } from './api-client.js';
export {
  type Account,
  codeFor,
  createAccount,
  createPrompt,
  expectStatus,
  type Prompt,
  publish,
} from './first-account.js';
export {
  type LargeOrganization,
  seedLargeOrganization,
} from './large-organization.js';
export { type Read, readsOf, routeKey } from './large-organization-reads.js';
export { type PostgresServer, startPostgres } from './postgres-server.js';
export { ensureRedisServer } from './redis-binary.js';
export { type RedisServer, startRedis } from './redis-server.js';
export { leaveNote, type Matter, notesOf } from './run-notes.js';
export { SeededRandom } from './seeded-random.js';
export {
  type Neighbours,
  type Program,
  type Server,
  startControlPlane,
  startGateway,
  startProgram,
  untilReady,
} from './server-under-test.js';
export { createTestDatabase, databaseUrl, onServer, type TestDatabase } from './test-database.js';
export { testRedis } from './test-redis.js';
