import { documentKey, encodeDocument, type FeedDocument } from '@px0/contract';
import { describe, expect, test } from 'vitest';
import { findAhead } from '#threads/look-ahead.js';

const PROMPT = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const ORG = '00000000-0000-4000-8000-00000000000a';
const TEAM = '00000000-0000-4000-8000-00000000000b';

const slugKey = documentKey.slug(ORG, 'greeting');
const promptKey = documentKey.prompt(PROMPT);
const versionKey = documentKey.version(PROMPT, 3);

function slug(...ids: string[]): FeedDocument {
  const prompts = ids.map((prompt_id) => ({ team_id: TEAM, prompt_id }));
  return {
    key: slugKey,
    revision: 1,
    body: encodeDocument({ kind: 'slug', org_id: ORG, slug: 'greeting', prompts }),
  };
}

function prompt(live: number | null): FeedDocument {
  const body = encodeDocument({
    kind: 'prompt',
    id: PROMPT,
    org_id: ORG,
    team_id: TEAM,
    slug: 'greeting',
    live,
    tags: {},
  });
  return { key: promptKey, revision: 2, body };
}

/** What is told to the asker of a key, where these documents are all there are; the feed cannot tell of `unknown`. */
async function toldOf(key: string, documents: readonly FeedDocument[], unknown: readonly string[] = []) {
  const told: [string, 'known' | 'absent' | 'unknown'][] = [];
  await findAhead(
    key,
    async (wanted) => {
      if (unknown.includes(wanted)) return { known: false };
      const document = documents.find((one) => one.key === wanted);
      return { known: true, document: document ?? { key: wanted, revision: 9, body: null } };
    },
    (found, lookup) => {
      const state = !lookup.known ? 'unknown' : lookup.document.body === null ? 'absent' : 'known';
      told.push([found, state]);
    },
  );
  return told;
}

const version: FeedDocument = { key: versionKey, revision: 3, body: 'never read here' };

describe('who asks for a document is told', () => {
  test('of a slug, its prompt and the live version', async () => {
    expect(await toldOf(slugKey, [slug(PROMPT), prompt(3), version])).toEqual([
      [slugKey, 'known'],
      [promptKey, 'known'],
      [versionKey, 'known'],
    ]);
  });

  test('of a prompt and its live version', async () => {
    expect(await toldOf(promptKey, [prompt(3), version])).toEqual([
      [promptKey, 'known'],
      [versionKey, 'known'],
    ]);
  });

  test.each([
    ['a slug of two teams', slug(PROMPT, OTHER)],
    ['a slug of none', slug()],
    ['a prompt without a live version', prompt(null)],
    ['a version', version],
    ['a key', { key: `key:${'0'.repeat(64)}`, revision: 1, body: '{}' }],
    ['what cannot be read', { key: promptKey, revision: 1, body: '{"format":99}' }],
  ])('of %s and nothing else', async (_, document) => {
    expect(await toldOf(document.key, [document, version])).toEqual([[document.key, 'known']]);
  });

  test('of what is absent', async () => {
    expect(await toldOf(slugKey, [])).toEqual([[slugKey, 'absent']]);
    expect(await toldOf(slugKey, [slug(PROMPT)])).toEqual([
      [slugKey, 'known'],
      [promptKey, 'absent'],
    ]);
  });

  test('that the feed cannot tell of what was asked for, but not of what would follow: nobody asked', async () => {
    expect(await toldOf(slugKey, [], [slugKey])).toEqual([[slugKey, 'unknown']]);
    expect(await toldOf(slugKey, [slug(PROMPT)], [promptKey])).toEqual([[slugKey, 'known']]);
  });
});
