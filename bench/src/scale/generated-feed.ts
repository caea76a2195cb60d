import { type FeedEntry, Tenant, writeFeed } from '../measuring/feed.js';

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
  const tenant = new Tenant();
  let versionCharacters = 0;
  function* pages() {
    yield [tenant.keyEntry()];
    for (let first = 0; first < prompts; first += PAGE) {
      const page: FeedEntry[] = [];
      for (let number = first; number < Math.min(prompts, first + PAGE); number += 1)
        page.push(...tenant.entriesOf(promptOf(number)));
      for (const { key, body } of page) if (key.startsWith('version:')) versionCharacters += body.length;
      yield page;
    }
  }
  const { close } = await writeFeed(redisUrl, redisPrefix, pages());
  return { key: tenant.key, documents: 1 + 3 * prompts, versionLength: versionCharacters / prompts, close };
}

function promptOf(number: number) {
  return {
    slug: slugOf(number),
    template: templateOf(number),
    tags: ['production'],
    model: 'some/model',
    model_params: { temperature: 0.2 },
  };
}
