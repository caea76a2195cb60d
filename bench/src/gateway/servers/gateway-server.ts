import { createLog } from '@px0/control-plane';
import { loadConfig, startGateway } from '@px0/render-gateway';
import { serveParent } from '../../measuring/child.js';

/** The gateway as it ships, in a process of its own, configured by its environment. */
const gateway = await startGateway(loadConfig(process.env), { log: createLog('warn') });
const tell = serveParent({}, () => gateway.close());
tell({ kind: 'ready', port: gateway.port });
