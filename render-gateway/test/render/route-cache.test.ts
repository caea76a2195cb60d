import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '#limits.js';
import type { Route } from '#render/resolution.js';
import { RouteCache } from '#render/route-cache.js';

const KEY_ID = '7d4fa1a4-3f4c-4d0c-8a52-0fd5ad2d8a1e';
const prompt = { kind: 'prompt', id: '', org_id: '', team_id: '', slug: '', live: 1, tags: {} } as const;
const routeTo = (versionKey: string): Route => ({ versionKey, prompt });

/** Few texts, of which many have the same ends: such as share a place among those that were gone lately. */
const credential = fc.constantFrom('Bearer a_end', 'Bearer b_end', 'Bearer c_enD', 'x', '');
const path = fc.constantFrom(
  '/v1/prompts/one/render',
  '/v1/prompts/two_one/render',
  '/v1/prompts/owt_one/render',
  '/v1/prompts/one/versions/1/render',
  '/',
);
const query = fc.constantFrom('', 'team_id=1', 'team_id=2');
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('find' as const), credential, path, query }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remember' as const), credential, path, query }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'forget' as const }) },
);

test('whatever is remembered, found and forgotten, a way is found for the very request that it was remembered for', () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      const routes = new RouteCache(new Set());
      const expected = new Map<string, Route>();
      for (const [index, deed] of deeds.entries()) {
        if (deed.kind === 'forget') {
          routes.forget();
          expected.clear();
          continue;
        }
        const { kind, credential, path, query } = deed;
        const name = JSON.stringify([credential, path, query]);
        if (kind === 'find') expect(routes.find(credential, path, query)?.route).toBe(expected.get(name));
        else {
          expected.set(name, routeTo(`version:${index}`));
          routes.remember(credential, KEY_ID, path, query, expected.get(name) ?? routeTo(''));
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a way that was found before something changed does not hold any more', () => {
  const routes = new RouteCache(new Set());
  routes.remember('Bearer a', KEY_ID, '/path', '', routeTo('version:1'));
  const way = routes.find('Bearer a', '/path', '');
  expect(way && routes.holds(way)).toBe(true);
  routes.forget();
  expect(way && routes.holds(way)).toBe(false);
  routes.remember('Bearer a', KEY_ID, '/path', '', routeTo('version:1'));
  expect(way && routes.holds(way)).toBe(false);
});

test('no more ways are remembered than there is room for', () => {
  const routes = new RouteCache(new Set());
  const paths = Array.from({ length: LIMITS.routes + 1 }, (_, number) => `/v1/prompts/p${number}/render`);
  for (const path of paths) routes.remember('Bearer a', KEY_ID, path, '', routeTo(path));
  const found = paths.filter((path) => routes.find('Bearer a', path, '') !== undefined);
  expect(found).toEqual([paths.at(-1)]);
  routes.remember('Bearer a', KEY_ID, '/'.repeat(LIMITS.routeLength + 1), '', routeTo('long'));
  expect(routes.find('Bearer a', '/'.repeat(LIMITS.routeLength + 1), '')).toBeUndefined();
});
