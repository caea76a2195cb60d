import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, Refusal } from './error-catalogue.js';

/** Why a request never became one, by Node's code. */
const NODE_CODES: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};
const MALFORMED: ErrorCode = 'bad_request';

/** Answers, and hangs up on, what cannot be read as HTTP or does not arrive in time. */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, body } = new Refusal(NODE_CODES[error.code ?? ''] ?? MALFORMED);
  const json = JSON.stringify(body);
  if (socket.writable) {
    socket.write(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(json)}`,
        'connection: close',
        '',
        json,
      ].join('\r\n'),
    );
  }
  socket.destroy();
}
