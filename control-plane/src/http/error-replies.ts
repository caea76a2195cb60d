import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from '../database/connection-trouble.js';
import { type ErrorCode, Refusal } from './error-catalogue.js';

/** What Fastify itself refuses, in the words of the catalogue. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request_body_too_large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_request_body',
};
/** Fastify: the answer takes too long. */
const TOO_SLOW = 'FST_ERR_HANDLER_TIMEOUT';
/** Postgres: a text holds what it cannot store, such as the NUL character. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);
const RETRY_AFTER_SECONDS = 2;

/** Answers whatever was thrown while a request was served. What the log says stays out of the answer. */
export function replyToError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const refusal = refusalFor(error);
  if (refusal === undefined) {
    request.log.error({ err: error }, 'request failed');
    return reply.code(500).send(new Refusal('internal_error', { beside: { request_id: request.id } }).body);
  }
  if (refusal.code === 'unavailable') {
    request.log.warn({ err: error }, 'the database cannot be reached, or there is too much to do');
  }
  if (refusal.retryAfter !== undefined) reply.header('retry-after', refusal.retryAfter);
  return reply.code(refusal.status).send(refusal.body);
}

function refusalFor(error: FastifyError | Error): Refusal | undefined {
  if (error instanceof Refusal) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === TOO_SLOW || isDatabaseUnavailable(error)) {
    return new Refusal('unavailable', { retryAfter: RETRY_AFTER_SECONDS });
  }
  if (typeof code !== 'string') return undefined;
  if (UNSTORABLE_TEXT.has(code)) return new Refusal('invalid_request_body');
  const known = FASTIFY_CODES[code];
  return known === undefined ? undefined : new Refusal(known);
}

/** Answers what no route answers. */
export function replyNotFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = new Refusal('not_found');
  return reply.code(refusal.status).send(refusal.body);
}
