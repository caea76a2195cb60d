import type { HttpResponse } from 'uWebSockets.js';
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode, type Refusal } from '../errors.js';
import { LIMITS } from '../limits.js';

const JSON_TYPE = 'application/json';

const statusLine = (status: number) => `${status} ${STATUS_CODES[status]}`;
const STATUS_LINES = Object.fromEntries(
  Object.entries(ERRORS).map(([code, { status }]) => [code, statusLine(status)]),
) as Readonly<Record<ErrorCode, string>>;

/** Answers 200. The response must be corked, or in the call in which its request arrived. */
export function sendJson(response: HttpResponse, json: string, close: boolean): void {
  response.writeHeader('content-type', JSON_TYPE).end(json, close);
}

/** Answers with a status of one's own; otherwise as {@link sendJson}. */
export function sendStatus(response: HttpResponse, status: number, json: string, close: boolean): void {
  response.writeStatus(statusLine(status));
  sendJson(response, json, close);
}

/** Answers with what the error table says; otherwise as {@link sendJson}. */
export function sendRefusal(response: HttpResponse, refusal: Refusal, close: boolean): void {
  response.writeStatus(STATUS_LINES[refusal.code]);
  if (refusal.code === 'unavailable') response.writeHeader('retry-after', String(LIMITS.retryAfterSeconds));
  const error = ERRORS[refusal.code].words + (refusal.detail ?? '');
  sendJson(response, JSON.stringify({ error, ...refusal.fields }), close);
}

/** An unexpected failure, and the id under which its reason is logged. */
export function internalError(): { readonly requestId: string; readonly refusal: Refusal } {
  const requestId = randomUUID();
  return { requestId, refusal: { code: 'internal', fields: { request_id: requestId } } };
}
