import { readdirSync } from 'node:fs';
import { ESLint } from 'eslint';
import { expect, test } from 'vitest';

const eslint = new ESLint({
  cwd: new URL('../..', import.meta.url).pathname,
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
  ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-imports',
});

test.each([
  ['template-engine/src/index.ts', 'node:fs', false],
  ['template-engine/src/index.ts', '@px0/contract', false],
  ['template-engine/src/index.ts', './limits.js', true],
  ['control-plane/contract/src/index.ts', '@px0/template-engine', false],
  ['control-plane/contract/src/index.ts', 'node:crypto', true],
  ['control-plane/src/main.ts', '@px0/render-gateway', false],
  ['control-plane/src/main.ts', '@px0/contract', true],
  ['control-plane/src/main.ts', '../contract/src/index.js', false],
  ['render-gateway/src/main.ts', '@px0/control-plane', false],
  ['render-gateway/src/main.ts', '@px0/template-engine', true],
  ['render-gateway/src/render/renderer.ts', '../documents/document-cache.js', true],
  ['render-gateway/src/render/renderer.ts', '../errors.js', true],
  ['render-gateway/src/render/renderer.ts', '../pool/pool-desk.js', false],
  ['render-gateway/src/batch/batch.ts', '../http/exchange.js', false],
  ['render-gateway/src/pool/pool-desk.ts', '@px0/control-plane', false],
  ['deploy/local/src/main.ts', '@px0/control-plane', false],
  ['control-plane/src/main.ts', '@px0/render-gateway/parts', false],
  ['test-bed/src/simulation/parts.ts', '@px0/render-gateway/parts', true],
  ['bench/src/main.ts', '@px0/render-gateway', true],
])('%s importing %s: allowed is %s', async (filePath, specifier, allowed) => {
  const [result] = await eslint.lintText(`import '${specifier}';\n`, { filePath });
  expect(result?.messages.length === 0, JSON.stringify(result?.messages)).toBe(allowed);
});

test("each folder of the gateway's source is named in the table of its rooms", async () => {
  const folders = readdirSync(new URL('../../render-gateway/src', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  for (const folder of folders) {
    const config = await eslint.calculateConfigForFile(`render-gateway/src/${folder}/any.ts`);
    const [, { patterns }] = config.rules['no-restricted-imports'];
    expect(patterns, folder).toHaveLength(3);
  }
});
