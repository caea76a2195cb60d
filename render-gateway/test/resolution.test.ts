import {
  type Document,
  documentKey,
  type KeyDocument,
  keyOfDocument,
  type PromptDocument,
} from '@px0/contract';
import { describe, expect, test } from 'vitest';
import { resolve } from '#render/resolution.js';

const id = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const [org, otherOrg, teamA, teamB, teamC] = ['1', '2', 'a', 'b', 'c'].map(id) as [
  string,
  string,
  string,
  string,
  string,
];
const everywhere: KeyDocument = { kind: 'key', id: id('9'), org_id: org, team_ids: null, operation: 'all' };
const key = (team_ids: string[] | null, org_id = org): KeyDocument => ({ ...everywhere, org_id, team_ids });

function prompt(digit: string, team_id: string, rest: Partial<PromptDocument> = {}): PromptDocument {
  return { kind: 'prompt', id: id(digit), org_id: org, team_id, slug: 'greet', live: 2, tags: {}, ...rest };
}

const inA = prompt('3', teamA, { tags: { beta: 3, constructor_: 1 } });
const inB = prompt('4', teamB, { live: null });
const foreign = prompt('5', teamC, { org_id: otherOrg });
/** Moved from team A to team B; the slug's document has not heard of it yet. */
const moved = prompt('6', teamB, { slug: 'moved' });

const documents = new Map<string, Document>(
  (
    [
      inA,
      inB,
      foreign,
      moved,
      {
        kind: 'slug',
        org_id: org,
        slug: 'greet',
        prompts: [
          { team_id: teamB, prompt_id: inB.id },
          { team_id: teamA, prompt_id: inA.id },
        ],
      },
      { kind: 'slug', org_id: org, slug: 'moved', prompts: [{ team_id: teamA, prompt_id: moved.id }] },
    ] satisfies Document[]
  ).map((document) => [keyOfDocument(document), document]),
);
const find = (name: string) => documents.get(name) ?? null;

const route = (to: PromptDocument, version: number) => ({
  kind: 'route',
  route: { versionKey: documentKey.version(to.id, version), prompt: to },
});
const refused = (code: string) => ({ kind: 'refused', refusal: { code } });

describe('a request finds', () => {
  test.each<[string, KeyDocument, string, string | undefined, string | undefined, unknown]>([
    ['the live version', key([teamA]), 'greet', undefined, undefined, route(inA, 2)],
    ['a version by number', key([teamA]), 'greet', '7', undefined, route(inA, 7)],
    ['a version by tag', key([teamA]), 'greet', 'beta', undefined, route(inA, 3)],
    ['a prompt by id', key([teamA]), inA.id, undefined, undefined, route(inA, 2)],
    ['a prompt by id in capitals', key(null), inA.id.toUpperCase(), undefined, undefined, route(inA, 2)],
    ['the team asked for', everywhere, 'greet', '1', teamB, route(inB, 1)],
    ['a prompt by id in its team', everywhere, inA.id, undefined, teamA, route(inA, 2)],
    ['no version with zeros before it', key([teamA]), 'greet', '007', undefined, refused('versionNotFound')],
    ['no unknown slug', everywhere, 'nobody', undefined, undefined, refused('promptNotFound')],
    ['no unknown id', everywhere, id('7'), undefined, undefined, refused('promptNotFound')],
    [
      'nothing of a team out of reach',
      key([teamC]),
      'greet',
      undefined,
      undefined,
      refused('promptNotFound'),
    ],
    [
      'nothing of a team out of reach by id',
      key([teamB]),
      inA.id,
      undefined,
      undefined,
      refused('promptNotFound'),
    ],
    ['nothing with a key of no team', key([]), 'greet', undefined, undefined, refused('promptNotFound')],
    [
      'nothing in a team that is asked for out of reach',
      key([teamA]),
      'greet',
      undefined,
      teamB,
      refused('promptNotFound'),
    ],
    [
      'nothing of another organization',
      everywhere,
      foreign.id,
      undefined,
      undefined,
      refused('promptNotFound'),
    ],
    [
      'nothing of another organization by slug',
      key(null, otherOrg),
      'greet',
      undefined,
      undefined,
      refused('promptNotFound'),
    ],
    ['no prompt by id in another team', everywhere, inA.id, undefined, teamB, refused('promptNotFound')],
    ['no prompt that has moved away', key([teamA]), 'moved', undefined, undefined, refused('promptNotFound')],
    [
      'no live version where there is none',
      key([teamB]),
      'greet',
      undefined,
      undefined,
      refused('noLiveVersion'),
    ],
    ['no unknown tag', key([teamA]), 'greet', 'gamma', undefined, refused('versionNotFound')],
    [
      'no tag that every object has',
      key([teamA]),
      'greet',
      'constructor',
      undefined,
      refused('versionNotFound'),
    ],
    ['no version 0', key([teamA]), 'greet', '0', undefined, refused('versionNotFound')],
  ])('%s', (_what, by, slugOrId, version, teamId, expected) => {
    expect(resolve(by, { slugOrId, version, teamId }, find)).toEqual(expected);
  });

  test('an ambiguity, with the teams to choose from', () => {
    expect(resolve(everywhere, { slugOrId: 'greet', version: undefined, teamId: undefined }, find)).toEqual({
      kind: 'refused',
      refusal: { code: 'ambiguousSlug', fields: { team_ids: [teamA, teamB] } },
    });
  });

  test('first of all which documents it needs, one after the other', () => {
    const held = new Map<string, Document>();
    const target = { slugOrId: 'greet', version: undefined, teamId: teamA };
    const seen: string[] = [];
    for (;;) {
      const resolution = resolve(everywhere, target, (name) => held.get(name));
      if (resolution.kind !== 'needs') {
        expect(resolution).toEqual(route(inA, 2));
        break;
      }
      seen.push(resolution.key);
      held.set(resolution.key, documents.get(resolution.key) as Document);
    }
    expect(seen).toEqual([documentKey.slug(org, 'greet'), documentKey.prompt(inA.id)]);
  });
});

describe('what can be no slug is not found, and asked for nowhere', () => {
  const ask = (slugOrId: string) => {
    const asked: string[] = [];
    const resolution = resolve(key([teamA]), { slugOrId, version: undefined, teamId: undefined }, (name) => {
      asked.push(name);
      return null;
    });
    return { resolution, asked: asked.length };
  };
  test.each([
    ['too long', 'x'.repeat(513)],
    ['much too long', 'x'.repeat(1_000_000)],
    ['NUL', 'a\0b'],
    ['a line break', 'a\n'],
    ['DEL', '\x7f'],
    ['a control character of Latin-1', '\u0085'],
    ['half of a pair', 'a\ud800'],
    ['the other half', '\udc00a'],
  ])('%s', (_what, text) => {
    expect(ask(text)).toEqual({ resolution: refused('promptNotFound'), asked: 0 });
  });

  test.each(['x'.repeat(512), '🦊'.repeat(255), 'a-b c.d', 'Grüße', '١'])('but %.10s can', (text) => {
    expect(ask(text)).toEqual({ resolution: refused('promptNotFound'), asked: 1 });
  });
});
