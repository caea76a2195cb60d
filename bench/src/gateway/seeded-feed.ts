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
import { PROMPT } from './prompt.js';

export interface SeededFeed {
  /** A key that may render the prompt. */
  readonly key: string;
  close(): Promise<void>;
}

/** A feed with one prompt and one key, that rings as the publisher's does. */
export async function seedFeed(redisUrl: string, redisPrefix: string): Promise<SeededFeed> {
  const writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl, redisPrefix });
  const org_id = randomUUID();
  const team_id = randomUUID();
  const id = randomUUID();
  const { slug, template, version, tags, model, model_params } = PROMPT;
  const key = createApiKey();
  const documents: Exclude<Document, { kind: 'key' }>[] = [
    {
      kind: 'prompt',
      id,
      org_id,
      team_id,
      slug,
      live: version,
      tags: Object.fromEntries(tags.map((tag) => [tag, version])),
    },
    { kind: 'slug', org_id, slug, prompts: [{ team_id, prompt_id: id }] },
    {
      kind: 'version',
      prompt_id: id,
      version,
      program: compile(template, { name: slug }),
      missing: 'error',
      model,
      model_params,
    },
  ];
  const page = documents.map((document) => ({
    key: keyOfDocument(document),
    body: encodeDocument(document),
  }));
  page.push({
    key: documentKey.key(hashApiKey(key)),
    body: encodeDocument({
      kind: 'key',
      id: randomUUID(),
      org_id,
      team_ids: [team_id],
      operation: 'read_render',
    }),
  });
  const head = { epoch: randomUUID(), revision: 1 };
  await writer.rebuild(
    head,
    (async function* () {
      yield page;
    })(),
  );
  const heartbeat = setInterval(() => void writer.ring(head), HEARTBEAT_INTERVAL);
  return {
    key,
    close: async () => {
      clearInterval(heartbeat);
      await writer.close();
    },
  };
}
