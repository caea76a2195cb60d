import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*/test/**/*.test.ts', '*/*/test/**/*.test.ts'],
    globalSetup: ['./test-bed/dist/global-setup.js'],
    // Real processes start, die and come back in these tests.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['default', ['json', { outputFile: '.test-report.json' }]],
  },
});
