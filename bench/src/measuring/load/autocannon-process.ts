import autocannon from 'autocannon';
import { serveParent } from '../child.js';
import type { FromAutocannon, ToAutocannon } from './autocannon.js';

/** autocannon's own `setRequests` refuses where requests are pipelined, though they can be set before any is sent. */
interface Internals {
  readonly requestIterator: { setRequests(requests: readonly { readonly body: string }[]): void };
}

/** autocannon, in a process of its own, so that neither the bench nor a server has to wait for it. */
const tell = serveParent<ToAutocannon, FromAutocannon>({
  load: async ({ load: { url, key, bodies, connections, pipelining, seconds } }) => {
    let begun = 0;
    const result = await autocannon({
      url,
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      // Each connection sends its part of the bodies: so no two are sent the same, and none has much to prepare.
      setupClient: (client) => {
        const { requestIterator } = client as unknown as Internals;
        const own = bodies.filter((_body, index) => index % connections === begun % connections);
        requestIterator.setRequests((own.length > 0 ? own : bodies).map((body) => ({ body })));
        begun += 1;
      },
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
