import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { Config } from './config.js';

/** Fields that never reach the log, at whichever depth they are likely to stand. */
const SECRETS = [
  'authorization',
  'x-api-key',
  'cookie',
  'password',
  'current_password',
  'new_password',
  'code',
  'token',
  'key',
  'databaseUrl',
  'smtpUrl',
  'redisUrl',
];

/** @returns a log of JSON lines, on stdout unless told otherwise */
export function createLog(
  level: Config['logLevel'],
  // Written at once: the last line of a process that ends is not lost.
  stream: DestinationStream = destination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      redact: SECRETS.flatMap((name) => {
        const field = name.includes('-') ? `["${name}"]` : name;
        const dotted = name.includes('-') ? field : `.${name}`;
        return [field, `*${dotted}`, `*.*${dotted}`];
      }),
      serializers: { err: describeError },
    },
    stream,
  );
}

/** What the log says of an error. A driver hangs the values of a statement to its errors: they stay out. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const sqlState = 'code' in error ? { reason: error.code } : {};
  return { type: name, message, stack, ...sqlState };
}
