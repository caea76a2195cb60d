import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ERRORS } from '#errors.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the README tells every refusal', () => {
  const rows = [...readme.matchAll(/^\| (\d{3}) \| `(.+?)` \|/gm)].map(
    ([, status, words]) => `${status} ${words}`,
  );
  expect(rows.sort()).toEqual(
    Object.values(ERRORS)
      .map(({ status, words }) => `${status} ${words}`)
      .sort(),
  );
});
