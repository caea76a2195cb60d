import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES, loadConfig } from '#config.js';
import { StartError } from '#start-error.js';

const feed = { REDIS_URL: 'redis://localhost:6379' };

test('what is not set has the documented default', () => {
  expect(loadConfig(feed)).toEqual({
    port: 8080,
    host: '0.0.0.0',
    threads: availableParallelism(),
    redisUrl: feed.REDIS_URL,
    redisPrefix: 'px0',
    cacheBytes: 268_435_456,
    templateCacheBytes: 134_217_728,
    sharePort: 'off',
    idleGrace: 6_000,
    snapshotFile: '.px0/gateway.snapshot',
    maxStaleness: 86_400,
    maxBodyBytes: 1_048_576,
    requestTimeout: 10_000,
    inFlightBytes: 268_435_456,
    poolThreads: 2,
    poolQueue: 64,
    poolMemory: 268_435_456,
    renderTimeout: 1_000,
    logLevel: 'info',
  });
});

test('an empty variable counts as unset', () => {
  expect(loadConfig({ ...feed, PX0_GATEWAY_PORT: '', DATABASE_URL: '' })).toEqual(loadConfig(feed));
});

test('without any feed the refusal names both variables that bring one', () => {
  expect(() => loadConfig({})).toThrow(
    new StartError('The gateway has no feed to follow: set REDIS_URL or DATABASE_URL.'),
  );
});

describe('junk is refused with the name of the variable and what it should be', () => {
  const junk: Record<string, [string, RegExp][]> = {
    PX0_GATEWAY_PORT: ['http', '-1', '65536', '80.5', '0x50', '1e3'].map((text) => [text, /0 to 65535/]),
    PX0_GATEWAY_HOST: [['not a host', /host name or an IP address/]],
    PX0_GATEWAY_THREADS: ['0', '257', 'many'].map((text) => [text, /1 to 256/]),
    REDIS_URL: [['localhost:6379', /redis:\/\/ or rediss:\/\//]],
    DATABASE_URL: [['mysql://localhost/x', /postgres:\/\/ or postgresql:\/\//]],
    PX0_REDIS_PREFIX: [['a b', /letters, digits/]],
    PX0_CACHE_BYTES: ['1', '256MB'].map((text) => [text, /bytes/]),
    PX0_TEMPLATE_CACHE_BYTES: ['1', '1e9'].map((text) => [text, /bytes/]),
    PX0_GATEWAY_SHARE_PORT: ['yes', '1'].map((text) => [text, /on or off/]),
    PX0_IDLE_GRACE: ['-1', '9001', '1s'].map((text) => [text, /milliseconds from 0 to 9000/]),
    PX0_SNAPSHOT_FILE: [['/var/lib/px0/', /path of a file, or none/]],
    PX0_MAX_STALENESS: ['-1', 'a day', '1.5'].map((text) => [text, /whole number of seconds/]),
    PX0_MAX_BODY_BYTES: ['1', '1MiB', '67108865'].map((text) => [text, /bytes, from 1024 to 67108864/]),
    PX0_REQUEST_TIMEOUT: ['0', '10s', '600001'].map((text) => [text, /milliseconds/]),
    PX0_IN_FLIGHT_BYTES: ['1', '256MB'].map((text) => [text, /bytes/]),
    PX0_CORS_ORIGINS: [
      '*',
      'console.example.com',
      'https://a.example/',
      'https://a.example, https://b.example',
    ].map((text) => [text, /origins like/]),
    PX0_POOL_THREADS: ['0', '257'].map((text) => [text, /1 to 256/]),
    PX0_POOL_QUEUE: ['-1', '10001'].map((text) => [text, /0 to 10000/]),
    PX0_POOL_MEMORY: ['1', '128MB'].map((text) => [text, /bytes/]),
    PX0_RENDER_TIMEOUT: ['0', '1s', '60001'].map((text) => [text, /milliseconds/]),
    LOG_LEVEL: [['loud', /trace, debug, info/]],
  };
  test('every variable has a row here', () => {
    expect(Object.keys(junk).sort()).toEqual(CONFIG_VARIABLES.map(({ name }) => name).sort());
  });
  test.each(Object.entries(junk).flatMap(([name, rows]) => rows.map((row) => [name, ...row] as const)))(
    '%s=%s',
    (name, text, expected) => {
      expect(() => loadConfig({ ...feed, [name]: text })).toThrow(expected);
      expect(() => loadConfig({ ...feed, [name]: text })).toThrow(new RegExp(`^${name} must be `));
    },
  );
  test('all at once, and never the value: it may hold a password', () => {
    const refused = () => loadConfig({ REDIS_URL: 'http://:secret@x', PX0_GATEWAY_PORT: 'x' });
    expect(refused).toThrow(/PX0_GATEWAY_PORT must be .*\. REDIS_URL must be /);
    expect(refused).not.toThrow(/secret/);
  });
});
