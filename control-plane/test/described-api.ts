import { createControlPlane, loadConfig } from '@px0/control-plane';
import type { ApiDocument } from '#http/api-document.js';
import { createLog } from '#log.js';

/** @returns the document that a control plane serves, from one that is not started */
export async function describedApi(): Promise<ApiDocument> {
  const config = loadConfig({ DATABASE_URL: 'postgres://not-connected/none' });
  const controlPlane = await createControlPlane(config, { log: createLog('error') });
  const document = await controlPlane.describe();
  await controlPlane.close();
  return document;
}
