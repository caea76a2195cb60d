import { App, us_socket_local_port } from 'uWebSockets.js';
import { serveParent } from '../../measuring/child.js';
import { ANSWER } from '../prompt.js';

/** The gateway's ids are 12 characters, a dash, and a number that grows. */
const REQUEST_ID = 'constant-id--1000000';
/** All lines in one call, as the gateway writes them. */
const HEAD = `application/json\r\nkeep-alive: timeout=7\r\nx-request-id: ${REQUEST_ID}`;

/**
 * The least that a uWebSockets.js server can do for the same request: route it, read its body to the
 * end, and answer constant bytes, head and body as long as the gateway's, whoever asks for whatever.
 */
const tell = serveParent({});

App()
  .post('/v1/prompts/:slug/render', (response) => {
    response.onAborted(() => {});
    response.onData((_chunk, isLast) => {
      if (isLast) response.writeHeader('content-type', HEAD).end(ANSWER);
    });
  })
  .listen('127.0.0.1', 0, (socket) => {
    if (socket === false) throw new Error('the bare server cannot listen');
    tell({ kind: 'ready', port: us_socket_local_port(socket) });
  });
