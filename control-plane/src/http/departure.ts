import type { FastifyReply } from 'fastify';

/**
 * @returns a signal that is aborted when the client has gone, or was answered. Fastify's own
 * `request.signal` is aborted once the request has been read.
 */
export function departureOf({ raw }: FastifyReply): AbortSignal {
  const departure = new AbortController();
  raw.once('close', () => departure.abort());
  return departure.signal;
}
