import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Why a request never became one, by Node's code. */
const STATUSES: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};
const MALFORMED = 400;

/** Answers, and hangs up on, what cannot be read as HTTP or does not arrive in time. */
export function refuseBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = STATUSES[error.code ?? ''] ?? MALFORMED;
  const reason = STATUS_CODES[status] ?? '';
  const body = JSON.stringify({ error: reason.toLowerCase() });
  if (socket.writable) {
    socket.write(
      [
        `HTTP/1.1 ${status} ${reason}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${body.length}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroy();
}
