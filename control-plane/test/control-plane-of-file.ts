import { afterAll } from 'vitest';
import { newPerson, type Person } from './cast.js';
import { type Client, documentedClient } from './documented-client.js';
import { newTenant, type Tenant } from './membership-scene.js';
import { type RunningControlPlane, startControlPlane } from './running-control-plane.js';

/** What most test files stand on. */
interface Started {
  readonly server: RunningControlPlane;
  readonly client: Client;
}

/**
 * For the top of a test file: a control plane that ends with the file, and a client of it.
 * @param env as startControlPlane takes it
 */
export async function startForFile(env: Record<string, string> = {}): Promise<Started> {
  const server = await startControlPlane(env);
  afterAll(() => server.close());
  return { server, client: await documentedClient(server.url) };
}

/** The same, and a person who has registered, and so is the admin of an organization. */
export async function startWithAdmin(
  env?: Record<string, string>,
): Promise<Started & { readonly admin: Person }> {
  const started = await startForFile(env);
  return { ...started, admin: await newPerson(started.server, started.client) };
}

/** The same, and an organization that nobody but its admin is a member of. */
export async function startWithTenant(): Promise<Started & { readonly tenant: Tenant }> {
  const started = await startForFile();
  return { ...started, tenant: await newTenant(started.server, started.client) };
}
