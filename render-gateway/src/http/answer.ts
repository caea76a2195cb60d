import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode, type Refusal } from '../errors.js';
import { LIMITS } from '../limits.js';

/** As a status line has it, such as `404 Not Found`. */
export const statusLine = (status: number) => `${status} ${STATUS_CODES[status]}`;

const STATUS_LINES = Object.fromEntries(
  Object.entries(ERRORS).map(([code, { status }]) => [code, statusLine(status)]),
) as Readonly<Record<ErrorCode, string>>;

const RETRY_AFTER = `\r\nretry-after: ${LIMITS.retryAfterSeconds}`;

export interface RefusedAnswer {
  readonly status: number;
  readonly statusLine: string;
  /** Lines of the head, each begun by the end of the line before it. */
  readonly lines: string;
  readonly body: { readonly error: string } & Readonly<Record<string, unknown>>;
}

/** What the error table says of a refusal. */
export function answerOf({ code, detail = '', fields }: Refusal): RefusedAnswer {
  const { status, words } = ERRORS[code];
  return {
    status,
    statusLine: STATUS_LINES[code],
    lines: status === 503 ? RETRY_AFTER : '',
    body: { error: words + detail, ...fields },
  };
}
