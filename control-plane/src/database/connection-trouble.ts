/** Something keeps the control plane from starting. The message says what, and what to do. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/**
 * SQLSTATE classes and codes that say "not now": lost connections, shutdown, too many clients, and a
 * statement that waited too long for others or ran into them (timeout, deadlock).
 */
const UNAVAILABLE_STATES = /^(08...|57P0[123]|57014|53300|55P03|40P01|40001)$/;
const UNAVAILABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
/** pg raises these without a code. */
const UNAVAILABLE_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error)/;

/** Whether an error means that Postgres cannot do it now, and not that a statement is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (UNAVAILABLE_CODES.has(code) || UNAVAILABLE_STATES.test(code))) return true;
  return UNAVAILABLE_WORDS.test(error.message);
}

/** @returns the sentence for a Postgres that does not let us in, without the password of its URL */
export function databaseUnreachable(databaseUrl: string, cause: unknown): StartupError {
  return new StartupError(
    `No database at ${withoutPassword(databaseUrl)}: ${wordsOf(cause)}. Start Postgres, or correct DATABASE_URL.`,
    { cause },
  );
}

/** @returns what a driver's error says; a host of several addresses gives one without a message */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function withoutPassword(databaseUrl: string): string {
  try {
    const url = new URL(databaseUrl);
    return `${url.host}${url.pathname}`;
  } catch {
    return 'the address in DATABASE_URL';
  }
}
