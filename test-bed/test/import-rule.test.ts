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
  ['deploy/local/src/main.ts', '@px0/control-plane', false],
  ['control-plane/src/main.ts', '@px0/render-gateway/parts', false],
  ['test-bed/src/simulation/parts.ts', '@px0/render-gateway/parts', true],
  ['bench/src/main.ts', '@px0/render-gateway', true],
])('%s importing %s: allowed is %s', async (filePath, specifier, allowed) => {
  const [result] = await eslint.lintText(`import '${specifier}';\n`, { filePath });
  expect(result?.messages.length === 0, JSON.stringify(result?.messages)).toBe(allowed);
});
