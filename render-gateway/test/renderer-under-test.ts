import { randomUUID } from 'node:crypto';
import {
  createApiKey,
  type Document,
  decodeDocument,
  documentKey,
  encodeDocument,
  type FeedDocument,
  hashApiKey,
  type KeyDocument,
  keyOfDocument,
} from '@px0/contract';
import { compile } from '@px0/template-engine';
import { DocumentCache } from '#documents/document-cache.js';
import { LookUpDesk } from '#documents/look-up-desk.js';
import { MemoryInFlight } from '#http/memory-in-flight.js';
import { PoolDesk } from '#pool/pool-desk.js';
import { heapOfVersion, holdVersion } from '#render/loaded-version.js';
import { PendingBody } from '#render/pending-body.js';
import { type Outcome, Renderer } from '#render/renderer.js';

/** A renderer on its own: the test is the primary thread, tells it of documents and answers its questions. */
export function rendererUnderTest() {
  const asked: string[] = [];
  const turns: (() => void)[] = [];
  const clock = { now: () => 0 };
  const memory = new MemoryInFlight(1_000, () => false);
  const cache = {
    maxBytes: 1_000_000,
    clock,
    onUnreadable: (error: unknown) => {
      throw error;
    },
  };
  const documents = new DocumentCache<Document>({
    ...cache,
    sizeOf: (body) => body.length,
    read: decodeDocument,
  });
  const renderer = new Renderer({
    documents,
    versions: new DocumentCache({ ...cache, sizeOf: heapOfVersion, read: holdVersion }),
    desk: new LookUpDesk({
      ask: (keys) => asked.push(...keys),
      afterTurn: (work) => turns.push(work),
      standStill: () => undefined,
      clock,
    }),
    pool: new PoolDesk({ places: 0, send: () => {} }),
    clock,
    onCrowdedOut: () => {},
    onUnexpected: (cause) => ({ code: 'internal', cause }),
  });

  /** @returns the outcome as soon as it is told: an answer's fields, or a refusal's code */
  function render(credential: string, slugOrId: string, { body = '{}', query = '' } = {}): { now: unknown } {
    const result: { now: unknown } = { now: undefined };
    const path = `/v1/prompts/${slugOrId}/render`;
    const wanted = { credential, path, query };
    const tell = (outcome: Outcome | undefined) => {
      result.now = outcome === undefined ? undefined : readOutcome(outcome);
    };
    const bytes = new TextEncoder().encode(body);
    const way = renderer.wayOf(credential, path, query);
    tell(
      (way && renderer.renderHeld(way, bytes)) ??
        renderer.render({ ...wanted, body: new PendingBody(bytes, memory) }, tell),
    );
    // As uWebSockets.js does when the call is over.
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return result;
  }

  /** @returns the keys that were asked for since the last time */
  function takeAsked(): string[] {
    for (const work of turns.splice(0)) work();
    return asked.splice(0);
  }

  return { renderer, documents, memory, render, takeAsked };
}

function readOutcome(outcome: Outcome): unknown {
  if (typeof outcome === 'string') return JSON.parse(outcome);
  return 'code' in outcome ? outcome.code : JSON.parse(new TextDecoder().decode(outcome));
}

/** Documents of an organization with one key and one prompt, in whatever state a test wants them. */
export function organization(slug = 'greeting') {
  const [org_id, team_id, prompt_id, key_id] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const apiKey = createApiKey();
  const keyKey = documentKey.key(hashApiKey(apiKey));
  const feed = (document: Exclude<Document, KeyDocument>, revision: number): FeedDocument => ({
    key: keyOfDocument(document),
    revision,
    body: encodeDocument(document),
  });
  return {
    org_id,
    promptId: prompt_id,
    credential: `Bearer ${apiKey}`,
    key: (revision: number): FeedDocument => ({
      key: keyKey,
      revision,
      body: encodeDocument({ kind: 'key', id: key_id, org_id, team_ids: null, operation: 'all' }),
    }),
    gone: ({ key }: FeedDocument, revision: number): FeedDocument => ({ key, revision, body: null }),
    slug: (revision: number) =>
      feed({ kind: 'slug', org_id, slug, prompts: [{ team_id, prompt_id }] }, revision),
    prompt: (revision: number, live: number | null, tags: Record<string, number> = {}) =>
      feed({ kind: 'prompt', id: prompt_id, org_id, team_id, slug, live, tags }, revision),
    version: (revision: number, version: number, template = `version ${version}`) =>
      feed(
        {
          kind: 'version',
          prompt_id,
          version,
          program: compile(template, { name: slug }),
          missing: 'error',
          model: null,
          model_params: null,
        },
        revision,
      ),
  };
}
