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

/** The gateway's own rooms, and which others each may go into, beside the files at the top. No two go into each other. */
const gatewayRooms = {
  metrics: [],
  fairness: [],
  documents: ['fairness'],
  render: ['documents'],
  pool: ['render', 'documents', 'fairness', 'metrics'],
  batch: ['render', 'fairness', 'metrics'],
  screening: ['render', 'documents', 'metrics'],
  feed: ['screening', 'documents'],
  staleness: ['feed'],
  snapshot: ['feed', 'metrics'],
  'key-uses': ['feed'],
  reports: ['feed', 'screening'],
  http: ['batch', 'render', 'staleness', 'metrics'],
  threads: ['http', 'pool', 'staleness', 'feed', 'render', 'documents', 'metrics'],
};

const THROUGH_THE_PACKAGE = {
  regex: '^\\.\\./(?:.*/)?(?:src|dist)/',
  message: 'Go through the package, not its folder.',
};

function rule(files, ignores, patterns) {
  return { files, ignores, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const patternsOf = Object.fromEntries(
  Object.entries(mayImport).map(([room, { packages, builtins }]) => {
    const own = packages.map((name) => `(?!${name}(?:$|/))`).join('');
    const outside = builtins
      ? {
          regex: `^${own}@px0/`,
          message: `${room} may not import this room: see the table in ARCHITECTURE.md.`,
        }
      : { regex: '^(?!\\.{1,2}/)', message: `${room} lives on nothing: no package, no Node built-in.` };
    return [room, [outside, THROUGH_THE_PACKAGE]];
  }),
);

const importRules = [
  ...Object.entries(patternsOf).map(([room, patterns]) =>
    rule([`${room}/src/**/*.ts`], room === 'control-plane' ? ['control-plane/contract/**'] : [], patterns),
  ),
  ...Object.entries(gatewayRooms).map(([room, others]) =>
    rule(
      [`render-gateway/src/${room}/**/*.ts`],
      [],
      [
        ...patternsOf['render-gateway'],
        {
          regex: `^\\.\\./(?!(?:${[...others, room].join('|')})/)[^/]+/`,
          message: `${room} may not go into this room of the gateway: see gatewayRooms in eslint.config.js.`,
        },
      ],
    ),
  ),
];

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
