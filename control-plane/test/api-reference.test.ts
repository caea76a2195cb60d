import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorTextsOf, routesOf } from '#http/api-document.js';
import { apiReference } from '#http/api-reference.js';
import { describedApi } from './described-api.js';

const document = await describedApi();
const written = await readFile(new URL('../API.md', import.meta.url), 'utf8');

test('API.md is what the served document says: npm run api-reference writes it', () => {
  expect(written).toBe(apiReference(document));
});

test('it tells each status and error text where it tells of the route', () => {
  const sections = new Map(
    written.split('\n<a id="').map((section) => [section.slice(0, section.indexOf('"')), section]),
  );
  for (const { name, operation } of routesOf(document)) {
    const section = sections.get(operation.operationId);
    expect(section, name).toContain(`\`${name}\``);
    for (const status of Object.keys(operation.responses)) {
      expect(section, name).toContain(`\n| ${status} | `);
      for (const text of errorTextsOf(operation, status)) expect(section, name).toContain(`\`${text}\``);
    }
  }
});
