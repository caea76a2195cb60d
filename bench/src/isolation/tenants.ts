import { randomUUID } from 'node:crypto';
import {
  createApiKey,
  type Document,
  documentKey,
  encodeDocument,
  HEARTBEAT_INTERVAL,
  hashApiKey,
  keyOfDocument,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { compile } from '@px0/template-engine';

/** An organization of its own, with a key and prompts. */
export interface Tenant {
  readonly key: string;
  /** Of its prompts, in the order of their templates. */
  readonly slugs: readonly string[];
}

export interface TenantFeed {
  readonly tenants: readonly Tenant[];
  close(): Promise<void>;
}

/**
 * A feed of tenants, that rings as the publisher's does.
 * @param templates of each tenant's prompts
 */
export async function seedTenants(
  redisUrl: string,
  redisPrefix: string,
  templates: readonly (readonly string[])[],
): Promise<TenantFeed> {
  const writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl, redisPrefix });
  const made = templates.map(makeTenant);
  const head = { epoch: randomUUID(), revision: 1 };
  await writer.rebuild(
    head,
    (async function* () {
      for (const { page } of made) yield page;
    })(),
  );
  const heartbeat = setInterval(() => void writer.ring(head), HEARTBEAT_INTERVAL);
  return {
    tenants: made.map(({ tenant }) => tenant),
    close: async () => {
      clearInterval(heartbeat);
      await writer.close();
    },
  };
}

function makeTenant(templates: readonly string[]) {
  const org_id = randomUUID();
  const team_id = randomUUID();
  const key = createApiKey();
  const slugs = templates.map((_template, index) => `prompt-${index}`);
  const documents = templates.flatMap((template, index): Exclude<Document, { kind: 'key' }>[] => {
    const id = randomUUID();
    const slug = `prompt-${index}`;
    const program = compile(template, { name: slug });
    return [
      { kind: 'prompt', id, org_id, team_id, slug, live: 1, tags: {} },
      { kind: 'slug', org_id, slug, prompts: [{ team_id, prompt_id: id }] },
      {
        kind: 'version',
        prompt_id: id,
        version: 1,
        program,
        missing: 'error',
        model: null,
        model_params: null,
      },
    ];
  });
  const page = documents.map((document) => ({
    key: keyOfDocument(document),
    body: encodeDocument(document),
  }));
  const keyDocument = encodeDocument({
    kind: 'key',
    id: randomUUID(),
    org_id,
    team_ids: null,
    operation: 'read_render',
  });
  page.push({ key: documentKey.key(hashApiKey(key)), body: keyDocument });
  return { tenant: { key, slugs }, page };
}
