import { existsSync, readFileSync } from 'node:fs';
import { notesOf } from '@px0/test-bed';
import { describe, expect, test } from 'vitest';
import { errorTextsOf, type Route, routesOf } from '#http/api-document.js';
import { lackOf, readContract } from './contract-table.js';
import { describedApi } from './described-api.js';
import type { Seen } from './documented-client.js';

/** Judges what all other tests of this run have seen, so it runs after them: `npm test`. */
const ROUTES = routesOf(await describedApi());
const CONTRACT = new URL('../../../shared/api-contract.md', import.meta.url);

test('every route, status and error text of the API was answered by a running server in this run', async () => {
  const seen = new Set<string>();
  for await (const line of notesOf('answers')) seen.add(nameOf(JSON.parse(line) as Seen));
  const expected = ROUTES.flatMap(answersOf);
  const unseen = expected.map(nameOf).filter((name) => !seen.has(name));
  const statuses = new Set(expected.map(({ route, status }) => `${route} ${status}`)).size;
  const texts = expected.filter(({ error }) => error !== undefined).length;
  const result = unseen.length === 0 ? 'all seen' : `${unseen.length} not seen:\n${unseen.join('\n')}`;
  process.stdout.write(`${ROUTES.length} routes, ${statuses} statuses, ${texts} error texts: ${result}\n`);
  expect(
    unseen,
    'not answered by any test of this run; without all of control-plane/test it says little',
  ).toEqual([]);
});

/** All that a route can answer. */
function answersOf({ name, operation }: Route): Seen[] {
  return Object.keys(operation.responses).flatMap((key) => {
    const status = Number(key);
    const texts = errorTextsOf(operation, status);
    return texts.length === 0
      ? [{ route: name, status }]
      : texts.map((error) => ({ route: name, status, error }));
  });
}

function nameOf({ route, status, error = '' }: Seen): string {
  return `${route}: ${status} ${error}`.trimEnd();
}

// The contract stands beside the checkout where px0 is built, and nowhere else.
if (existsSync(CONTRACT)) {
  describe('the document lacks nothing that the contract has', () => {
    const rows = readContract(readFileSync(CONTRACT, 'utf8'));

    test.each(rows.map((row) => [row.line.split('|')[1]?.trim() || row.line, row] as const))(
      '%s',
      (_name, row) => {
        expect(lackOf(row, ROUTES)).toEqual([]);
      },
    );

    test('and is not asked in vain', () => {
      const routes = new Set(
        rows.flatMap((row) => row.routes.map(({ method, path }) => `${method} ${path}`)),
      );
      const texts = rows.flatMap(({ errors }) => errors.flatMap((error) => error.texts));
      process.stdout.write(
        `${rows.length} rows of the contract with ${routes.size} routes and ${texts.length} error texts\n`,
      );
      expect(rows.every(({ successes, errors }) => successes.length + errors.length > 0)).toBe(true);
      const mute = ROUTES.map((route) => ({ ...route, operation: { ...route.operation, responses: {} } }));
      for (const row of rows) {
        const lacking = lackOf(row, mute);
        for (const text of row.errors.flatMap((error) => error.texts)) {
          expect(
            lacking.some((line) => line.endsWith(text)),
            text,
          ).toBe(true);
        }
      }
    });
  });
}
