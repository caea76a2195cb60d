import { writeFile } from 'node:fs/promises';
import { loadConfig } from './config.js';
import { createControlPlane } from './control-plane.js';
import { apiReference } from './http/api-reference.js';
import { createLog } from './log.js';

/** Writes API.md, from a control plane that is built and never started. */
const controlPlane = await createControlPlane(loadConfig({ DATABASE_URL: 'postgres://not-connected/none' }), {
  log: createLog('error'),
});
await writeFile(new URL('../API.md', import.meta.url), apiReference(await controlPlane.describe()));
await controlPlane.close();
