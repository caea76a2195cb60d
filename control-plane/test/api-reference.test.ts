import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { apiReference } from '#http/api-reference.js';
import { describedApi } from './described-api.js';

test('API.md is what the served document says: npm run api-reference writes it', async () => {
  const written = await readFile(new URL('../API.md', import.meta.url), 'utf8');
  expect(written).toBe(apiReference(await describedApi()));
});
