import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '#config.js';
import { ERRORS } from '#errors.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the README documents every variable as it is read', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z0-9_]+)` \| (.+?) \| (.+) \|$/gm)];
  expect(rows.map(([, name, standard, meaning]) => ({ name, standard, meaning }))).toEqual(
    CONFIG_VARIABLES.map(({ name, default: standard, meaning }) => ({
      name,
      standard: standard === undefined ? 'none' : `\`${standard}\``,
      meaning,
    })),
  );
});

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
