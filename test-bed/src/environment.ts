/**
 * What the global set-up tells the test files, by environment variable: they run in processes of
 * their own, which inherit it.
 */
const names = {
  postgres: 'PX0_TEST_POSTGRES_URL',
  redis: 'PX0_TEST_REDIS_URL',
  notes: 'PX0_TEST_NOTES',
} as const;

export function announce(part: keyof typeof names, place: string): void {
  process.env[names[part]] = place;
}

/** @throws outside of a test run */
export function announced(part: keyof typeof names): string {
  const place = announcedInRun(part);
  if (place === undefined) {
    throw new Error(`${names[part]} is not set: run the tests from the project's top, with npm test`);
  }
  return place;
}

/** @returns undefined outside of a test run, as in benches and acceptance scripts */
export function announcedInRun(part: keyof typeof names): string | undefined {
  return process.env[names[part]];
}

/** Name of the migrated database that every test database is a copy of. */
export const TEMPLATE_DATABASE = 'px0_template';
