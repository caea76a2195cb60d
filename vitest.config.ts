import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** They judge what all others have left, so they run once these are through. */
const AFTERWARDS = '*/test/**/*.after.test.ts';

export default defineConfig({
  test: {
    // Real processes start, die and come back in these tests.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Of two cores vitest would use one; but many tests spend their time waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // What a file imports stays for the next one. Files share no state: each starts the parts that it tests.
    isolate: false,
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', ['json', { outputFile: '.test-report.json' }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['*/test/**/*.test.ts', '*/*/test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, AFTERWARDS],
          globalSetup: ['./test-bed/dist/global-setup.js'],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'afterwards', include: [AFTERWARDS], sequence: { groupOrder: 1 } } },
    ],
  },
});
