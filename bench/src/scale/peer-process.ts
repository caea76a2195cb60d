import { App, us_socket_local_port } from 'uWebSockets.js';
import { Redis } from 'ioredis';
import { serveParent } from '../measuring/child.js';
import { beginningOf, slugOf } from './generated-feed.js';

/** The number of the prompt in a path. */
const NUMBER = /\d+/;

/**
 * The least that a server of Node can do for a request that wants something from Redis: one thread, one
 * question for what is stored under a constant key, an answer of a constant length. What is asked for
 * over and over, the first prompt, it has in memory.
 *
 * Environment: REDIS_URL, STORED_LENGTH, how many characters are stored.
 */
const { REDIS_URL = '', STORED_LENGTH } = process.env;
const KEY = 'peer';
const redis = new Redis(REDIS_URL);
await redis.set(KEY, 'x'.repeat(Number(STORED_LENGTH)));
const tell = serveParent({}, async () => redis.disconnect());
const rest = ' '.repeat(1_000);

App()
  .post('/v1/prompts/:slug/render', (response, request) => {
    const slug = request.getParameter('slug') ?? '';
    const answer = beginningOf(Number(NUMBER.exec(slug)?.[0])) + rest;
    let isOver = false;
    response.onAborted(() => {
      isOver = true;
    });
    response.onData((_chunk, isLast) => {
      if (!isLast) return;
      if (slug === slugOf(0)) {
        response.end(answer);
        return;
      }
      void redis.get(KEY).then((stored) => {
        if (!isOver) response.cork(() => response.end(stored === null ? '' : answer));
      });
    });
  })
  .listen('127.0.0.1', 0, (socket) => {
    if (socket === false) throw new Error('the peer cannot listen');
    tell({ kind: 'ready', port: us_socket_local_port(socket) });
  });
