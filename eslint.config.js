import tseslint from 'typescript-eslint';

/**
 * The plan's table of rooms: what each may import beside its own files. Tests of a room may also use
 * the test-bed. An arrow that is not here is a fault of design, not of this file.
 */
const mayImport = {
  'template-engine': { packages: [], builtins: false },
  'template-engine/conformance': { packages: ['@px0/template-engine'], builtins: true },
  'control-plane/contract': { packages: [], builtins: true },
  'control-plane': { packages: ['@px0/template-engine', '@px0/contract'], builtins: true },
  'render-gateway': { packages: ['@px0/template-engine', '@px0/contract'], builtins: true },
  'deploy/local': { packages: [], builtins: true },
  'test-bed': { packages: ['@px0/.*'], builtins: true },
  bench: { packages: ['@px0/.*'], builtins: true },
};

const importRules = Object.entries(mayImport).map(([room, { packages, builtins }]) => {
  const own = packages.map((name) => `(?!${name}(?:$|/))`).join('');
  const patterns = builtins
    ? [
        {
          regex: `^${own}@px0/`,
          message: `${room} may not import this room: see the table in ARCHITECTURE.md.`,
        },
      ]
    : [{ regex: '^(?!\\.{1,2}/)', message: `${room} lives on nothing: no package, no Node built-in.` }];
  patterns.push({
    regex: '^\\.\\./(?:.*/)?(?:src|dist)/',
    message: 'Go through the package, not its folder.',
  });
  return {
    files: [`${room}/src/**/*.ts`],
    ignores: room === 'control-plane' ? ['control-plane/contract/**'] : [],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
});

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '.px0/**'] },
  {
    files: ['**/*.ts'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: ['./tsconfig.tests.json', './*/tsconfig.json', './*/*/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  ...importRules,
];
