/**
 * What the global set-up tells the test files, by environment variable: they run in processes of
 * their own, which inherit it.
 */
const names = {
  postgres: 'PX0_TEST_POSTGRES_URL',
  redis: 'PX0_TEST_REDIS_URL',
} as const;

export function announce(part: keyof typeof names, url: string): void {
  process.env[names[part]] = url;
}

export function announced(part: keyof typeof names): string {
  const url = process.env[names[part]];
  if (url === undefined) {
    throw new Error(`${names[part]} is not set: run the tests from the project's top, with npm test`);
  }
  return url;
}

/** Name of the migrated database that every test database is a copy of. */
export const TEMPLATE_DATABASE = 'px0_template';
