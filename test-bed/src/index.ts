export { type PostgresServer, startPostgres } from './postgres-server.js';
export { ensureRedisServer } from './redis-binary.js';
export { type RedisServer, startRedis } from './redis-server.js';
export { createTestDatabase, databaseUrl, onServer, type TestDatabase } from './test-database.js';
export { testRedis } from './test-redis.js';
