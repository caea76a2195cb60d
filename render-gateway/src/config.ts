import { availableParallelism } from 'node:os';
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';
import { StartError } from './start-error.js';

const MIB = 1024 * 1024;

interface Variable<Schema extends TSchema> {
  readonly name: string;
  readonly schema: Schema;
  /** What a value must be, as the refusal says it. */
  readonly expected: string;
  /** As documented; undefined: unset means that there is none. */
  readonly default: string | undefined;
  readonly meaning: string;
}

function variable<Schema extends TSchema>(
  name: string,
  schema: Schema,
  rest: Omit<Variable<Schema>, 'name' | 'schema'>,
): Variable<Schema> {
  return { name, schema, ...rest };
}

const PER_CORE = 'one per core';

const VARIABLES = {
  port: variable('PX0_GATEWAY_PORT', Type.Integer({ minimum: 0, maximum: 65_535 }), {
    expected: 'a port number from 0 to 65535',
    default: '8080',
    meaning: 'Port that the gateway listens on; 0 takes any free one.',
  }),
  host: variable('PX0_GATEWAY_HOST', Type.String({ pattern: '^[^\\s/]+$' }), {
    expected: 'a host name or an IP address',
    default: '0.0.0.0',
    meaning: 'Address that the gateway listens on.',
  }),
  threads: variable('PX0_GATEWAY_THREADS', Type.Integer({ minimum: 1, maximum: 256 }), {
    expected: 'a whole number from 1 to 256',
    default: PER_CORE,
    meaning: 'Worker threads. Each renders on its own, on the shared port.',
  }),
  sharePort: variable('PX0_GATEWAY_SHARE_PORT', Type.Enum(['on', 'off']), {
    expected: 'on or off',
    default: 'off',
    meaning:
      'Whether other gateways may listen on the same port, as rolling restarts need. Such a gateway listens only once it knows its feed.',
  }),
  idleGrace: variable('PX0_IDLE_GRACE', Type.Integer({ minimum: 0, maximum: 9_000 }), {
    expected: 'a whole number of milliseconds from 0 to 9000',
    default: '6000',
    meaning:
      'Milliseconds for which a gateway that stops waits for idle connections to be used or closed by their clients.',
  }),
  redisUrl: variable('REDIS_URL', Type.Optional(Type.String({ pattern: '^rediss?://.+' })), {
    expected: 'a URL that starts with redis:// or rediss://',
    default: undefined,
    meaning: 'Redis that carries the feed. Without it the feed is read from `DATABASE_URL`.',
  }),
  databaseUrl: variable('DATABASE_URL', Type.Optional(Type.String({ pattern: '^postgres(ql)?://.+' })), {
    expected: 'a URL that starts with postgres:// or postgresql://',
    default: undefined,
    meaning: 'Postgres that carries the feed where there is no Redis.',
  }),
  redisPrefix: variable('PX0_REDIS_PREFIX', Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$' }), {
    expected: '1 to 64 letters, digits, "-", "_", "." or ":"',
    default: 'px0',
    meaning: 'First part of every Redis name; the control plane must use the same.',
  }),
  cacheBytes: variable('PX0_CACHE_BYTES', Type.Integer({ minimum: MIB }), {
    expected: `a whole number of bytes, ${MIB} at least`,
    default: String(256 * MIB),
    meaning: 'Bound of the documents that the primary thread holds, in bytes.',
  }),
  templateCacheBytes: variable('PX0_TEMPLATE_CACHE_BYTES', Type.Integer({ minimum: 112 * MIB }), {
    expected: `a whole number of bytes, ${112 * MIB} at least: room for the largest template`,
    default: String(128 * MIB),
    meaning: 'Bound of the loaded templates that each worker thread holds, in bytes.',
  }),
  snapshotFile: variable('PX0_SNAPSHOT_FILE', Type.String({ pattern: '^[^\\0]*[^\\0/]$' }), {
    expected: 'the path of a file, or none',
    default: '.px0/gateway.snapshot',
    meaning:
      'Where the gateway keeps a copy of its documents, to start from without its feed. `none`: nowhere.',
  }),
  maxStaleness: variable('PX0_MAX_STALENESS', Type.Integer({ minimum: 0 }), {
    expected: 'a whole number of seconds',
    default: '86400',
    meaning: 'Seconds after which renders are refused when the feed cannot be followed.',
  }),
  maxBodyBytes: variable('PX0_MAX_BODY_BYTES', Type.Integer({ minimum: 1024, maximum: 64 * MIB }), {
    expected: `a whole number of bytes, from 1024 to ${64 * MIB}`,
    default: String(MIB),
    meaning: 'The longest body of a request, in bytes.',
  }),
  requestTimeout: variable('PX0_REQUEST_TIMEOUT', Type.Integer({ minimum: 100, maximum: 600_000 }), {
    expected: 'a whole number of milliseconds, from 100 to 600000',
    default: '10000',
    meaning: 'Milliseconds within which a body must have arrived, and an answer must have been taken.',
  }),
  inFlightBytes: variable('PX0_IN_FLIGHT_BYTES', Type.Integer({ minimum: 16 * MIB }), {
    expected: `a whole number of bytes, ${16 * MIB} at least`,
    default: String(256 * MIB),
    meaning: 'Bound of what all worker threads together hold for clients that send or read slowly, in bytes.',
  }),
  corsOrigins: variable(
    'PX0_CORS_ORIGINS',
    Type.Optional(Type.String({ pattern: '^https?://[^\\s/,]+(,https?://[^\\s/,]+)*$' })),
    {
      expected: 'origins like https://console.example.com, separated by commas',
      default: undefined,
      meaning: 'Origins whose pages may call the API from a browser.',
    },
  ),
  poolThreads: variable('PX0_POOL_THREADS', Type.Integer({ minimum: 1, maximum: 256 }), {
    expected: 'a whole number from 1 to 256',
    default: '2',
    meaning: 'Threads that render what takes long, at the lowest priority.',
  }),
  poolQueue: variable('PX0_POOL_QUEUE', Type.Integer({ minimum: 0, maximum: 10_000 }), {
    expected: 'a whole number from 0 to 10000',
    default: '64',
    meaning: 'Renders that may wait for such a thread; half of all places at most are for one organization.',
  }),
  poolMemory: variable('PX0_POOL_MEMORY', Type.Integer({ minimum: 64 * MIB }), {
    expected: `a whole number of bytes, ${64 * MIB} at least`,
    default: String(256 * MIB),
    meaning: 'Heap of each such thread, in bytes. A render that needs more is refused.',
  }),
  renderTimeout: variable('PX0_RENDER_TIMEOUT', Type.Integer({ minimum: 10, maximum: 60_000 }), {
    expected: 'a whole number of milliseconds from 10 to 60000',
    default: '1000',
    meaning: 'Milliseconds after which a render is ended and refused.',
  }),
  logLevel: variable('LOG_LEVEL', Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), {
    expected: 'one of trace, debug, info, warn, error, fatal, silent',
    default: 'info',
    meaning: 'The least severe level that is logged.',
  }),
} as const;

export type GatewayConfig = {
  readonly [Field in keyof typeof VARIABLES]: Static<(typeof VARIABLES)[Field]['schema']>;
};

/** Every environment variable that the gateway reads, as the README's table documents it. */
export const CONFIG_VARIABLES: readonly {
  readonly name: string;
  readonly default: string | undefined;
  readonly meaning: string;
}[] = Object.values(VARIABLES).map(({ name, default: value, meaning }) => ({
  name,
  default: value,
  meaning,
}));

/**
 * Reads the configuration; an empty variable counts as unset.
 * @throws {StartError} naming every variable whose value is refused, and what it should be; also
 * when neither REDIS_URL nor DATABASE_URL is set, for there is no feed to follow then
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const refusals: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [field, { name, schema, expected, default: standard }] of Object.entries(VARIABLES)) {
    const text = environment[name] || standard;
    if (text === undefined) continue;
    const value = readText(text);
    if (Value.Check(schema, value)) config[field] = value;
    else refusals.push(`${name} must be ${expected}.`);
  }
  if (refusals.length > 0) throw new StartError(refusals.join(' '));
  if (config.redisUrl === undefined && config.databaseUrl === undefined) {
    throw new StartError('The gateway has no feed to follow: set REDIS_URL or DATABASE_URL.');
  }
  return config as GatewayConfig;
}

function readText(text: string): string | number {
  if (text === PER_CORE) return availableParallelism();
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : text;
}
