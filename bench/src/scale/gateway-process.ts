import { createLog } from '@px0/control-plane';
import { loadConfig, startGateway } from '@px0/render-gateway';
import { serveParent } from '../measuring/child.js';
import type { FromGateway, ToGateway } from './gateway.js';
import { heapOfWorkers } from './worker-heaps.js';

/** The gateway as it ships, in a process of its own that tells what memory it takes. */
const gateway = await startGateway(loadConfig(process.env), { log: createLog('warn') });
const tell = serveParent<ToGateway, FromGateway>(
  {
    askMemory: () => {
      tell({
        kind: 'memory',
        resident: process.memoryUsage.rss(),
        mostResident: process.resourceUsage().maxRSS * 1024,
      });
    },
    askWorkerHeap: async () => {
      tell({ kind: 'workerHeap', bytes: await heapOfWorkers() });
    },
  },
  () => gateway.close(),
);
tell({ kind: 'ready', port: gateway.port });
