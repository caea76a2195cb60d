import autocannon from 'autocannon';
import { serveParent } from '../measuring/child.js';
import type { FromSteadyLoad, ToSteadyLoad } from './steady-load.js';

/** autocannon at a constant rate on several gateways, until it is told to end. */
let running: autocannon.Instance[] = [];
let results: Promise<autocannon.Result>[] = [];

/** Longer than any measurement takes, in seconds: it ends when it is told to. */
const FOR_EVER = 24 * 3600;

const tell = serveParent<ToSteadyLoad, FromSteadyLoad>({
  begin: ({ urls, key, body, connections, requestsPerSecond }) => {
    for (const url of urls) {
      results.push(
        new Promise((resolve, reject) => {
          const instance = autocannon(
            {
              url,
              method: 'POST',
              headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
              body,
              connections,
              overallRate: requestsPerSecond,
              duration: FOR_EVER,
            },
            (error: unknown, result) => (error ? reject(error as Error) : resolve(result)),
          );
          running.push(instance);
        }),
      );
    }
    tell({ kind: 'begun' });
  },
  end: async () => {
    for (const instance of running) (instance as unknown as { stop(): void }).stop();
    const ended = await Promise.all(results);
    running = [];
    results = [];
    tell({
      kind: 'ended',
      requests: ended.reduce((sum, result) => sum + result['2xx'], 0),
      failures: ended.reduce((sum, { non2xx, errors, timeouts }) => sum + non2xx + errors + timeouts, 0),
    });
  },
});
tell({ kind: 'ready', port: 0 });
