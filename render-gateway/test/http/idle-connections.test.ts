import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { LIMITS } from '#limits.js';
import { serve } from './served.js';

test('a connection is idle for longer than clients are told, and one that heeds it is closed by its client', async () => {
  const served = await serve({});
  onTestFinished(() => served.close());

  const agent = new http.Agent({ keepAlive: true, timeout: 60_000 });
  onTestFinished(() => agent.destroy());
  let endedByServer = false;
  const heeding = new Promise<void>((resolve, reject) => {
    const request = http.get({ port: served.port, path: '/v1/health', agent }, (response) => {
      expect(response.headers['keep-alive']).toBe(`timeout=${LIMITS.announcedIdle}`);
      response.resume();
    });
    request.on('error', reject);
    request.on('socket', (socket) => {
      socket.on('end', () => {
        endedByServer = true;
      });
      socket.on('close', () => resolve());
    });
  });

  const other = connect(served.port, '127.0.0.1');
  other.write('GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\n');
  await once(other, 'data');
  const answered = performance.now();
  const closing = once(other, 'close').then(() => performance.now() - answered);

  await heeding;
  expect(endedByServer).toBe(false);
  expect(await closing).toBeGreaterThan(LIMITS.announcedIdle * 1_000);
}, 30_000);
