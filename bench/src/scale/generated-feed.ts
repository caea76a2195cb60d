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

/** Prompts that are written to the feed at once. */
const PAGE = 200;

/** What every prompt prints. */
export const VARIABLES = {
  customer: 'Zoë',
  product: 'the yellow lamp',
  is_premium: true,
  topics: ['refunds', 'shipping', 'a broken switch'],
};

const PARAGRAPH =
  'Answer politely and to the point. Say what you know, and say so where you do not know. Never promise ' +
  'a refund before the order was looked up, and never tell of other customers. ';

/** @returns a prompt of about 1,100 characters that no other number has */
function templateOf(number: number): string {
  return [
    `You are assistant ${number} of a shop. ${PARAGRAPH}`,
    'You speak with {{.customer}}{{if .is_premium}}, who is a premium customer{{end}}, about {{.product}}.',
    PARAGRAPH.repeat(2),
    '{{range $i, $topic := .topics}}{{if $i}}; {{end}}topic {{$topic}}{{else}}There is no topic yet.{{end}}',
    `${PARAGRAPH}Sign as assistant ${number}, and thank {{.customer}}.`,
  ].join('\n');
}

/** @returns what a rendering of that prompt begins with */
export function beginningOf(number: number): string {
  return `You are assistant ${number} of a shop.`;
}

export function slugOf(number: number): string {
  return `assistant_${number}`;
}

export interface GeneratedFeed {
  /** A key that may render all prompts. */
  readonly key: string;
  /** How many documents there are: one for the key, and three for each prompt. */
  readonly documents: number;
  /** Average length of a version's document, in characters. */
  readonly versionLength: number;
  close(): Promise<void>;
}

/** Writes a feed of so many prompts, each with one live version, that rings as the publisher's does. */
export async function generateFeed(
  redisUrl: string,
  redisPrefix: string,
  prompts: number,
): Promise<GeneratedFeed> {
  const writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl, redisPrefix });
  const owner = { org_id: randomUUID(), team_id: randomUUID() };
  const key = createApiKey();
  let versionCharacters = 0;
  async function* pages() {
    const { org_id, team_id } = owner;
    const keyDocument: Document = {
      kind: 'key',
      id: randomUUID(),
      org_id,
      team_ids: [team_id],
      operation: 'read_render',
    };
    yield [{ key: documentKey.key(hashApiKey(key)), body: encodeDocument(keyDocument) }];
    for (let first = 0; first < prompts; first += PAGE) {
      const page: { key: string; body: string }[] = [];
      for (let number = first; number < Math.min(prompts, first + PAGE); number += 1) {
        for (const document of documentsOf(number, owner)) {
          const body = encodeDocument(document);
          if (document.kind === 'version') versionCharacters += body.length;
          page.push({ key: keyOfDocument(document), body });
        }
      }
      yield page;
    }
  }
  const head = { epoch: randomUUID(), revision: 1 };
  if ((await writer.rebuild(head, pages())) === 'diverged') throw new Error('the store is in use');
  const heartbeat = setInterval(() => void writer.ring(head), HEARTBEAT_INTERVAL);
  return {
    key,
    documents: 1 + 3 * prompts,
    versionLength: versionCharacters / prompts,
    close: async () => {
      clearInterval(heartbeat);
      await writer.close();
    },
  };
}

function documentsOf(
  number: number,
  { org_id, team_id }: { org_id: string; team_id: string },
): Exclude<Document, { kind: 'key' }>[] {
  const id = randomUUID();
  const slug = slugOf(number);
  return [
    { kind: 'slug', org_id, slug, prompts: [{ team_id, prompt_id: id }] },
    { kind: 'prompt', id, org_id, team_id, slug, live: 1, tags: { production: 1 } },
    {
      kind: 'version',
      prompt_id: id,
      version: 1,
      program: compile(templateOf(number), { name: slug }),
      missing: 'error',
      model: 'some/model',
      model_params: { temperature: 0.2 },
    },
  ];
}
