import { isIP } from 'node:net';
import Type, { type Static, type TSchema } from 'typebox';
import Value from 'typebox/value';

/** A variable is absent or holds junk. The message is a sentence for the person who starts px0. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Variable {
  readonly name: string;
  /** Text that stands when the variable is absent or empty; undefined when there is none. */
  readonly default?: string;
  readonly required?: true;
  readonly meaning: string;
  /** Ends the sentence "NAME must be …". */
  readonly mustBe: string;
  readonly schema: TSchema;
}

const RATE = /^([1-9]\d{0,8})\/([1-9]\d{0,5})([smh])$/;
/** Seconds. A timer of Node's cannot wait for longer, and would be due at once. */
const LONGEST_RATE = 24 * 24 * 3_600;
const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/** How often something may be done. */
export interface Rate {
  readonly count: number;
  readonly seconds: number;
}

/** What is limited, and by what it is counted. */
export const LIMITS = [
  'login_account',
  'login_address',
  'register_account',
  'register_address',
  'verify_account',
  'verify_address',
  'mail_account',
  'mail_address',
  'reset_address',
  'password_account',
] as const;
export type LimitName = (typeof LIMITS)[number];

function isRate(text: string): boolean {
  const rate = rateIn(text);
  return rate !== undefined && rate.seconds <= LONGEST_RATE;
}

function rateVariable<Name extends string>(name: Name, fallback: string, meaning: string) {
  return {
    name,
    default: fallback,
    meaning,
    mustBe: 'a count and a time of 24 days at most, like 10/15m (s, m or h), or "off"',
    schema: Type.Refine(Type.String(), (text) => text === 'off' || isRate(text)),
  } as const;
}

/** Bits of an address, by the version of the protocol. */
const ADDRESS_BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Whether a text is an IP address, or a network as in 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const bits = ADDRESS_BITS[isIP(address)];
  if (bits === undefined || rest.length > 0) return false;
  return length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= bits);
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Every variable that the control plane reads. The README's table is held to this one by a test. */
export const CONFIG_VARIABLES = [
  {
    name: 'DATABASE_URL',
    required: true,
    meaning: 'Postgres, where everything is kept',
    mustBe: 'a URL like postgres://user:password@host:5432/database',
    schema: Type.String({ pattern: '^postgres(ql)?://.+' }),
  },
  {
    name: 'REDIS_URL',
    meaning: 'Redis, where the feed then lives; without it the feed lives in Postgres',
    mustBe: 'a URL like redis://host:6379',
    schema: Type.String({ pattern: '^rediss?://.+' }),
  },
  {
    name: 'PX0_REDIS_PREFIX',
    default: 'px0',
    meaning: 'first part of every key in Redis, so that installations can share a server',
    mustBe: '1 to 64 letters, digits, "-", "_", "." or ":"',
    schema: Type.String({ pattern: '^[A-Za-z0-9_.:-]{1,64}$' }),
  },
  {
    name: 'PX0_CONTROL_PORT',
    default: '8000',
    meaning: 'port of the API; 0 takes a free one',
    mustBe: 'a whole number from 0 to 65535',
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
  },
  {
    name: 'PX0_CONTROL_HOST',
    default: '0.0.0.0',
    meaning: 'address to listen on',
    mustBe: 'a host name or an IP address',
    schema: Type.String({ pattern: '^[A-Za-z0-9_.:-]+$' }),
  },
  {
    name: 'SESSION_DURATION_HOURS',
    default: '24',
    meaning: 'hours after which a session ends',
    mustBe: 'a whole number from 1 to 8760',
    schema: Type.Integer({ minimum: 1, maximum: 8_760 }),
  },
  {
    name: 'SMTP_URL',
    meaning: 'server that takes mail; without it each mail is one line of the log',
    mustBe: 'a URL like smtp://user:password@host:587',
    schema: Type.String({ pattern: '^smtps?://.+' }),
  },
  {
    name: 'MAIL_FROM',
    default: 'px0 <px0@localhost>',
    meaning: 'sender of mail',
    mustBe: 'an address like px0 <px0@example.com>',
    schema: Type.String({ pattern: '^[^\\r\\n]*[^\\s@<>]+@[^\\s@<>]+>?$' }),
  },
  {
    name: 'PX0_TRUST_PROXY',
    meaning:
      'addresses or networks of the proxies in front, whose X-Forwarded-For tells who calls; by default none is believed',
    mustBe: 'IP addresses or networks, separated by commas, like 10.0.0.0/8,192.0.2.7',
    schema: Type.Refine(Type.String(), (text) => text.split(',').every(isNetwork)),
  },
  {
    name: 'PX0_CORS_ORIGINS',
    meaning: 'origins whose pages may call the API from a browser; by default none',
    mustBe: 'origins like https://console.example.com, separated by commas',
    schema: Type.String({ pattern: '^https?://[^\\s/,]+(,https?://[^\\s/,]+)*$' }),
  },
  {
    name: 'PX0_DATABASE_WAIT_SECONDS',
    default: '60',
    meaning: 'seconds for which a start waits for Postgres to answer; 0 tries once',
    mustBe: 'a whole number from 0 to 86400',
    schema: Type.Integer({ minimum: 0, maximum: 86_400 }),
  },
  {
    name: 'PX0_CODE_TRIES',
    default: '5',
    meaning: 'tries that a verification code is good for',
    mustBe: 'a whole number from 1 to 5',
    schema: Type.Integer({ minimum: 1, maximum: 5 }),
  },
  {
    name: 'PX0_LIMITS',
    default: 'on',
    meaning: '`off` lifts all of the limits that follow, as load tests need it',
    mustBe: '"on" or "off"',
    schema: Type.Enum(['on', 'off']),
  },
  rateVariable('PX0_LIMIT_LOGIN_ACCOUNT', '10/15m', 'failed logins to one account'),
  rateVariable('PX0_LIMIT_LOGIN_ADDRESS', '300/15m', 'failed logins from one IP address'),
  rateVariable('PX0_LIMIT_REGISTER_ACCOUNT', '10/1h', 'registrations with one mail address'),
  rateVariable('PX0_LIMIT_REGISTER_ADDRESS', '300/1h', 'registrations from one IP address'),
  rateVariable('PX0_LIMIT_VERIFY_ACCOUNT', '20/15m', 'codes tried for one account'),
  rateVariable('PX0_LIMIT_VERIFY_ADDRESS', '300/15m', 'codes tried from one IP address'),
  rateVariable('PX0_LIMIT_MAIL_ACCOUNT', '5/15m', 'mails asked for to one mail address'),
  rateVariable('PX0_LIMIT_MAIL_ADDRESS', '100/15m', 'mails asked for from one IP address'),
  rateVariable('PX0_LIMIT_RESET_ADDRESS', '100/15m', 'password reset codes tried from one IP address'),
  rateVariable('PX0_LIMIT_PASSWORD_ACCOUNT', '10/15m', 'failed changes of one password'),
  {
    name: 'LOG_LEVEL',
    default: 'info',
    meaning: 'least severe level that is logged',
    mustBe: `one of ${LOG_LEVELS.join(', ')}`,
    schema: Type.Enum(LOG_LEVELS),
  },
] as const satisfies readonly Variable[];

type Variables = (typeof CONFIG_VARIABLES)[number];
type ValueOf<V extends Variable> =
  | Static<V['schema']>
  | (V extends { required: true } | { default: string } ? never : undefined);
type Values = { readonly [V in Variables as V['name']]: ValueOf<V> };

/** The control plane's configuration, checked. */
export interface Config {
  readonly databaseUrl: string;
  /** Absent: the feed lives in Postgres. */
  readonly redisUrl: string | undefined;
  readonly redisPrefix: string;
  readonly port: number;
  readonly host: string;
  readonly sessionHours: number;
  /** Absent: mails go to the log. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  /** Addresses and networks of proxies that are believed. */
  readonly trustProxy: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Seconds. */
  readonly databaseWait: number;
  readonly codeTries: number;
  /** Absent: not limited. */
  readonly limits: Readonly<Partial<Record<LimitName, Rate>>>;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/**
 * Reads the configuration from environment variables. An empty variable counts as absent.
 *
 * @throws {ConfigError} naming the first variable that is missing or holds junk, and what it should be
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values = Object.fromEntries(
    CONFIG_VARIABLES.map((variable) => [variable.name, readVariable(variable, env)]),
  ) as Values;
  return {
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    redisPrefix: values.PX0_REDIS_PREFIX,
    port: values.PX0_CONTROL_PORT,
    host: values.PX0_CONTROL_HOST,
    sessionHours: values.SESSION_DURATION_HOURS,
    smtpUrl: values.SMTP_URL,
    mailFrom: values.MAIL_FROM,
    trustProxy: listOf(values.PX0_TRUST_PROXY),
    corsOrigins: listOf(values.PX0_CORS_ORIGINS),
    databaseWait: values.PX0_DATABASE_WAIT_SECONDS,
    codeTries: values.PX0_CODE_TRIES,
    limits: values.PX0_LIMITS === 'off' ? {} : limitsIn(values),
    logLevel: values.LOG_LEVEL,
  };
}

function listOf(text: string | undefined): string[] {
  return text?.split(',') ?? [];
}

function limitsIn(values: Values): Config['limits'] {
  return Object.fromEntries(
    LIMITS.flatMap((name) => {
      const rate = rateIn(values[`PX0_LIMIT_${name.toUpperCase() as Uppercase<LimitName>}`]);
      return rate === undefined ? [] : [[name, rate]];
    }),
  );
}

function rateIn(text: string): Rate | undefined {
  const [, count, time, unit] = text.match(RATE) ?? [];
  if (count === undefined) return undefined;
  return { count: Number(count), seconds: Number(time) * SECONDS[unit as keyof typeof SECONDS] };
}

function readVariable(variable: Variable, env: Readonly<Record<string, string | undefined>>): unknown {
  const text = env[variable.name] || variable.default;
  if (text === undefined) {
    if (!variable.required) return undefined;
    throw new ConfigError(
      `${variable.name} is not set. It must be ${variable.mustBe}; "npm start" brings a Postgres of its own.`,
    );
  }
  const value = Type.IsInteger(variable.schema) && /^\d+$/.test(text) ? Number(text) : text;
  if (!Value.Check(variable.schema, value)) {
    // The text itself stays out of the sentence: it may hold a password.
    throw new ConfigError(`${variable.name} must be ${variable.mustBe}.`);
  }
  return value;
}
