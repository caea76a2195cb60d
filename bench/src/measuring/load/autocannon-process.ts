import autocannon from 'autocannon';
import { serveParent } from '../child.js';
import type { FromAutocannon, ToAutocannon } from './autocannon.js';

/** autocannon, in a process of its own, so that neither the bench nor a server has to wait for it. */
const tell = serveParent<ToAutocannon, FromAutocannon>({
  load: async ({ load: { url, key, body, connections, pipelining, seconds } }) => {
    const result = await autocannon({
      url,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      connections,
      pipelining,
      duration: seconds,
      sampleInt: Math.min(1000, seconds * 1000), // it ends at a sample only
    });
    const { p50, p99, max } = result.latency;
    tell({
      kind: 'result',
      result: {
        requests: result['2xx'],
        seconds: result.duration,
        failures: result.non2xx + result.errors + result.timeouts,
        latencies: { p50, p99, max },
      },
    });
  },
});
tell({ kind: 'ready', port: 0 });
